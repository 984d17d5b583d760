using CoLink.Observability.Tests.Hosting;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing.Stub;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CoLink.Observability.Tests.Tracing;

/// <summary>An exception stands on the span of its request, once.</summary>
[Collection(nameof(ProcessWide))]
public sealed class ExceptionSpanTests
{
    /// <summary>Who answers for the exception.</summary>
    public static TheoryData<string, bool> Handlers { get; } =
    [
        .. from handler in (string[])["nobody", "path", "lambda", "developer page", "a handler that fails"] from defaults in (bool[])[false, true] select (handler, defaults),
    ];

    [Theory]
    [MemberData(nameof(Handlers))]
    public async Task It_is_recorded_once_whoever_answers_for_it(string handler, bool defaults)
    {
        await using var collector = await StubCollector.StartAsync();
        await using (var app = await TracedApp.StartAsync(
            collector,
            app: a =>
            {
                if (handler == "path")
                    a.UseExceptionHandler("/sorry");
                else if (handler == "lambda")
                    a.UseExceptionHandler(error => error.Run(context => context.Response.WriteAsync("sorry")));
                else if (handler == "developer page")
                    a.UseDeveloperExceptionPage();
                else if (handler == "a handler that fails")
                    a.UseExceptionHandler("/fails");
                a.MapGet("/sorry", () => "sorry");
                a.MapGet("/fails", string () => throw new NotSupportedException("the handler"));
            },
            builder: b =>
            {
                if (defaults)
                    b.AddServiceDefaults();
            }))
        {
            using var answer = await app.Client.GetAsync("/boom");
            Assert.Equal(500, (int)answer.StatusCode);
        }

        var span = Assert.Single(collector.Servers());
        var recorded = Assert.Single(span.Events, one => one.Name == "exception");
        Assert.Equal("System.InvalidOperationException", recorded.Attributes["exception.type"]);
        Assert.Equal("boom with [redacted]", recorded.Attributes["exception.message"]);
        Assert.Contains("at CoLink.Observability.Tests.Tracing.TracedApp", (string)recorded.Attributes["exception.stacktrace"]!);
        Assert.Equal(2, span.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task That_of_a_call_to_another_service_is_recorded_once(bool defaults)
    {
        await using var collector = await StubCollector.StartAsync();
        await using (var app = await TracedApp.StartAsync(
            collector,
            app: a => a.MapGet("/call", async () =>
            {
                using var client = new HttpClient();
                try
                {
                    return await client.GetStringAsync(new Uri($"http://127.0.0.1:{FreePort.Next()}"));
                }
                catch (HttpRequestException)
                {
                    return "nobody is there";
                }
            }),
            builder: b =>
            {
                if (defaults)
                    b.AddServiceDefaults();
            }))
        {
            await app.Client.GetStringAsync("/call");
        }

        var span = Assert.Single(collector.Spans, span => span.Kind == ReceivedSpan.Client && span.StatusCode == 2);
        Assert.Single(span.Events, one => one.Name == "exception");
    }
}
