using MessagingService;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.AddCoLinkObservability();

builder.ListenByDefaultOn(port: 8002);
builder.AddDatabase();
builder.AddRecentMessages();
builder.AddMessageFeed();
builder.AddSearchPeer();
builder.Services.AddBadInputHandling();

var app = builder.Build();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseFileServer();
app.UseWebSockets(ChannelSockets.Options);

app.MapUsers();
app.MapMessages();
app.MapSearch();
app.MapFiles();
app.MapChannelSockets();
app.MapHealth();

return await app.RunOrExplainAsync();
