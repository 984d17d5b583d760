using CoLink.Observability.Monitoring.Commands;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Live;

/// <summary>The command as it is typed, against the services as they run.</summary>
[Collection(nameof(LivePlatform))]
public sealed class VerifyTests(MonitoredPlatform monitored)
{
    /// <summary>Until traffic has touched what is counted from its first use on.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Everything_that_is_queried_is_at_the_running_services()
    {
        string[] endpoints = [.. monitored.Services.Services.Select(service => new Uri(service.Address, "/metrics").AbsoluteUri)];
        var deadline = DateTimeOffset.UtcNow + Bound;
        var (code, output, error) = await VerifyAsync(endpoints);
        while (code != MonitoringCommand.Success && DateTimeOffset.UtcNow < deadline)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500));
            (code, output, error) = await VerifyAsync(endpoints);
        }

        Assert.True(code == MonitoringCommand.Success, error);
        Assert.EndsWith("series names of 8 endpoints: 0 missing.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_another_program_does_not_serve_is_named()
    {
        var (code, _, error) = await VerifyAsync([$"http://{monitored.Targets["tempo"].Target}{monitored.Targets["tempo"].Path}"]);

        Assert.Equal(MonitoringCommand.Different, code);
        Assert.Contains("http_requests_total is at none of the endpoints: queried by ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_does_not_answer_is_named()
    {
        var (code, _, error) = await VerifyAsync([$"http://127.0.0.1:{FreePort.Next()}/metrics"]);

        Assert.Equal(MonitoringCommand.Invalid, code);
        Assert.Contains("does not answer", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> VerifyAsync(string[] endpoints)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter());
        var code = await MonitoringCommand.Create().Parse(["verify", "--directory", Committed.Folder, "--metrics", .. endpoints]).InvokeAsync(new() { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
