using System.Diagnostics;

// A service that calls another, for the tests of traces across processes: sources of spans are heard by all of a process.
var builder = WebApplication.CreateBuilder(args);
builder.AddCoLinkObservability(options => options.Tracing.Sources = ["TracedService"]);
var app = builder.Build();

using var source = new ActivitySource("TracedService");
using var client = new HttpClient();

app.MapGet("/work", () =>
{
    using var span = source.StartActivity("work");
    return "done";
});

// So many traces that begin here, each with a call of the service at the address.
app.MapGet("/begin", async (int traces, string next) =>
{
    Activity.Current = null;
    await Parallel.ForEachAsync(Enumerable.Range(0, traces), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, cancellation) =>
    {
        Activity.Current = null;
        using var span = source.StartActivity("begin");
        await client.GetStringAsync(new Uri(new Uri(next), "/work"), cancellation);
    });
    return "done";
});

app.Run();
