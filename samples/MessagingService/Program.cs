var builder = WebApplication.CreateBuilder(args);
builder.AddCoLinkObservability();
var app = builder.Build();
app.Run();
