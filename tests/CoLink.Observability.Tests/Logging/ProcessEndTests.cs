using System.Diagnostics;
using CoLink.Observability.Tests.Logging.Loki.Spool;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Logging;

/// <summary>How a service ends, in a process of its own and in real time: what it said last is on standard output, and with Loki or in the spool.</summary>
public sealed class ProcessEndTests : IDisposable
{
    private const int Events = 300;
    private const int Last = 100;

    /// <summary>Beside the bound under test, what a runtime takes to end on a busy machine. Whatever else could end a wait is later.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(30);

    private const string HangsLonger = "Timeout=00:01:00";

    private readonly SpoolPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task SIGTERM_delivers_what_waits_within_the_bound()
    {
        await using var loki = await StubLoki.StartAsync();
        using var service = await ServiceProcess.StartAsync(loki.Address, "BatchPeriod=00:01:00", "ShutdownTimeout=00:01:00");
        await service.LogAsync(Events);
        Assert.Empty(loki.Pushes);

        var (exitCode, said) = await service.EndsWithin(TimeSpan.FromSeconds(5) + Slack, service.Terminate);

        Assert.Equal(0, exitCode);
        Assert.Equal(Events, Told(said));
        Assert.Equal(Events, Told(loki.Lines));
        Assert.Contains(loki.Lines, line => line.Contains("Application is shutting down", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SIGTERM_while_Loki_hangs_ends_within_ShutdownTimeout_and_leaves_the_rest_in_the_spool()
    {
        await using var loki = await StubLoki.StartAsync();
        loki.Fault = _ => StubFault.Hang;
        using var service = await ServiceProcess.StartAsync(loki.Address, "BatchPeriod=00:01:00", HangsLonger, "ShutdownTimeout=00:00:02", $"SpoolDirectory={_place.Directory}");
        await service.LogAsync(Events);

        var (exitCode, said) = await service.EndsWithin(TimeSpan.FromSeconds(2) + Slack, service.Terminate);

        Assert.Equal(0, exitCode);
        Assert.Equal(Events, Told(said));
        Assert.Equal(Events, Told(Spooled()));
    }

    [Fact]
    public async Task SIGTERM_while_Loki_hangs_ends_within_ShutdownTimeout_also_without_a_spool_and_says_how_many_are_lost()
    {
        await using var loki = await StubLoki.StartAsync();
        loki.Fault = _ => StubFault.Hang;
        using var service = await ServiceProcess.StartAsync(loki.Address, "BatchPeriod=00:01:00", HangsLonger, "ShutdownTimeout=00:00:01");
        await service.LogAsync(Events);

        var (_, said) = await service.EndsWithin(TimeSpan.FromSeconds(1) + Slack, service.Terminate);

        Assert.Contains(said, line => line.Contains("could not be delivered to Loki", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Exit_in_the_middle_of_the_app_delivers_what_waits()
    {
        await using var loki = await StubLoki.StartAsync();
        using var service = await ServiceProcess.StartAsync(loki.Address, "BatchPeriod=00:01:00", $"BatchSize={Events}");

        await service.LogAsync(Events);
        await Eventually.IsTrue(() => loki.Lines.Count == Events);
        await service.LogAsync(Last);

        var (exitCode, said) = await service.EndsWithin(TimeSpan.FromSeconds(2) + Slack, () => service.Tell("exit"));

        Assert.Equal(3, exitCode);
        Assert.Equal(Events + Last, Told(said));
        Assert.Equal(Events + Last, Told(loki.Lines));
    }

    [Fact]
    public async Task Exit_while_Loki_hangs_leaves_what_waits_in_the_spool_within_two_seconds()
    {
        await using var loki = await StubLoki.StartAsync();
        using var service = await ServiceProcess.StartAsync(loki.Address, "BatchPeriod=00:01:00", $"BatchSize={Events}", HangsLonger, "ShutdownTimeout=00:05:00", $"SpoolDirectory={_place.Directory}");
        await UseOnceAsync(loki, service);
        loki.Fault = _ => StubFault.Hang;
        await service.LogAsync(Last);

        var (exitCode, said) = await service.EndsWithin(TimeSpan.FromSeconds(2) + Slack, () => service.Tell("exit"));

        Assert.Equal(3, exitCode);
        Assert.Equal(Events + Last, Told(said));
        Assert.Equal(Events + Last, Told(Spooled().Union(loki.Lines)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exception_that_nobody_catches_is_the_last_event(bool hangs)
    {
        await using var loki = await StubLoki.StartAsync();
        using var service = await ServiceProcess.StartAsync(loki.Address, "BatchPeriod=00:01:00", $"BatchSize={Events}", HangsLonger, $"SpoolDirectory={_place.Directory}");
        await UseOnceAsync(loki, service);
        loki.Fault = hangs ? _ => StubFault.Hang : null;
        await service.LogAsync(Last);

        var (exitCode, said) = await service.EndsWithin(TimeSpan.FromSeconds(2) + Slack, () => service.Tell("throw"));

        // On a machine that is too busy to push it in less than two seconds it is in the spool.
        Assert.NotEqual(0, exitCode);
        var shipped = Spooled().Union(loki.Lines).ToArray();
        foreach (var lines in (IReadOnlyList<string>[])[said, shipped])
        {
            Assert.Equal(Events + Last, Told(lines));
            var fatal = Assert.Single(lines, line => line.Contains("\"level\":\"FATAL\"", StringComparison.Ordinal));
            Assert.Contains("nobody caught [redacted]", fatal, StringComparison.Ordinal);
            Assert.Contains("System.InvalidOperationException", fatal, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_pipe_whose_reader_has_gone_drops_lines_counts_them_and_disturbs_nothing()
    {
        await using var loki = await StubLoki.StartAsync();
        using var service = await ServiceProcess.StartAsync(loki.Address, "BatchPeriod=00:00:00.05");
        await service.LogAsync(10);
        await service.ScrapeUntilAsync(scrape => Console(scrape, "written") >= 10);
        service.Deafen();

        await service.LogAsync(Events);

        var scrape = await service.ScrapeUntilAsync(scrape => Console(scrape, "dropped") >= Events);
        Assert.InRange(Console(scrape, "written"), 10, 30);
        Assert.Equal(0, scrape.Sum("colink_telemetry_observer_errors_total"));
        await Eventually.IsTrue(() => Told(loki.Lines) == 10 + Events);
        var (exitCode, _) = await service.EndsWithin(TimeSpan.FromSeconds(5) + Slack, service.Terminate);
        Assert.Equal(0, exitCode);
    }

    /// <summary>
    /// Has it push, spool and replay. An end has less than two seconds for Loki and the spool, which are for what waits, not for the
    /// first push and the first file of a process.
    /// </summary>
    private static async Task UseOnceAsync(StubLoki loki, ServiceProcess service)
    {
        loki.Fault = _ => StubFault.Answer(503);
        await service.LogAsync(Events);
        await Eventually.IsTrue(() => loki.Pushes.Count > 0);
        loki.Fault = null;
        await Eventually.IsTrue(() => loki.Lines.Count == Events);
    }

    private static double Console(Scrape scrape, string outcome) => scrape.Sum("colink_telemetry_console_events_total", ("outcome", outcome));

    private static int Told(IEnumerable<string> lines) => lines.Count(line => line.Contains("\"message\":\"event ", StringComparison.Ordinal));

    /// <summary>The lines that the process left behind.</summary>
    private string[] Spooled()
    {
        _place.Open();
        var lines = _place.Drain().SelectMany(body => PushDecoder.Decode("application/json", "gzip", body)).SelectMany(stream => stream.Entries).Select(entry => entry.Line).ToArray();
        Assert.DoesNotContain(_place.Logs.Lines, line => line.Id != 179);
        return lines;
    }
}
