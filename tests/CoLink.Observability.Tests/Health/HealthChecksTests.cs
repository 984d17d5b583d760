using CoLink.Observability.Health;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Tests.Health;

/// <summary>The app's health checks on a real Kestrel: what they say is a metric, and telemetry is one of them.</summary>
public sealed class HealthChecksTests
{
    private const string Metric = "health_check_status";
    private const string Own = "colink_telemetry";

    [Fact]
    public async Task Each_check_that_ran_has_the_value_of_its_last_run()
    {
        var health = HealthStatus.Healthy;
        await using var app = await ServeAsync(checks => checks
            .AddCheck("database", () => new HealthCheckResult(health))
            .AddCheck("cache", () => HealthCheckResult.Degraded())
            .AddCheck("broken", () => throw new InvalidOperationException("no answer")));

        foreach (var (next, value) in new[] { (HealthStatus.Healthy, 1), (HealthStatus.Degraded, 0.5), (HealthStatus.Unhealthy, 0), (HealthStatus.Healthy, 1) })
        {
            health = next;
            using var response = await app.Client.GetAsync("/health", TestContext.Current.CancellationToken);
            var scrape = await app.ScrapeAsync();
            Assert.Equal((value, 0.5, 0, 1), (scrape.Value(Metric, ("check", "database")), scrape.Value(Metric, ("check", "cache")), scrape.Value(Metric, ("check", "broken")), scrape.Value(Metric, ("check", Own))));
        }
    }

    [Fact]
    public async Task No_check_runs_unless_the_app_runs_it()
    {
        var runs = 0;
        await using var app = await ServeAsync(checks => checks.AddCheck("counted", () => new HealthCheckResult(Interlocked.Increment(ref runs) > 0 ? HealthStatus.Healthy : HealthStatus.Unhealthy), ["live"]));

        Assert.Empty((await app.ScrapeAsync()).All(Metric));
        Assert.Equal(0, runs);
        Assert.Empty(app.Services.GetServices<IHealthCheckPublisher>());

        // What the app picks is what is recorded.
        await app.Client.GetStringAsync("/alive");
        Assert.Equal(["counted"], (await app.ScrapeAsync()).All(Metric).Select(sample => sample.Labels["check"]));
        Assert.Equal(1, runs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Checks_are_found_wherever_the_app_registers_them(bool before)
    {
        var builder = WebApplication.CreateBuilder();
        if (before)
            builder.Services.AddHealthChecks();
        builder.AddCoLinkObservability();
        if (!before)
            builder.Services.AddHealthChecks();
        await using var app = builder.Build();

        var report = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);

        Assert.Equal([Own], report.Entries.Keys);
    }

    [Fact]
    public async Task An_app_without_health_checks_gets_none()
    {
        await using var app = await RunningApp.StartAsync();

        Assert.Null(app.Services.GetService<HealthCheckService>());
        Assert.DoesNotContain(Metric, (await app.ScrapeAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Telemetry_that_does_not_arrive_is_degraded_never_unhealthy_and_says_why()
    {
        var logs = default(string);
        await using var app = await ServeAsync(_ => { });
        var telemetry = app.Services.GetRequiredService<TelemetryHealth>();
        telemetry.Add("logs", () => logs);
        telemetry.Add("traces", () => "the collector refuses every export");
        var service = app.Services.GetRequiredService<HealthCheckService>();

        Assert.Equal("Degraded", await app.Client.GetStringAsync("/health"));
        Assert.Equal(0.5, (await app.ScrapeAsync()).Value(Metric, ("check", Own)));
        Assert.Equal("traces: the collector refuses every export", await DescriptionAsync());

        // What a check says by failing, a time-out included.
        Assert.Equal(HealthStatus.Degraded, app.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.Single().FailureStatus);

        logs = "Loki cannot be reached";
        Assert.Equal("logs: Loki cannot be reached; traces: the collector refuses every export", await DescriptionAsync());

        async Task<string?> DescriptionAsync() => (await service.CheckHealthAsync(TestContext.Current.CancellationToken)).Entries[Own].Description;
    }

    [Fact]
    public async Task A_source_that_throws_is_counted_and_says_nothing()
    {
        await using var app = await ServeAsync(_ => { });
        app.Services.GetRequiredService<TelemetryHealth>().Add("logs", () => throw new InvalidOperationException("no answer"));

        Assert.Equal("Healthy", await app.Client.GetStringAsync("/health"));
        Assert.Equal(1, (await app.ScrapeAsync()).Value("colink_telemetry_observer_errors_total", ("observer", "health")));
    }

    [Fact]
    public async Task A_check_of_the_apps_own_by_that_name_stays_the_only_one()
    {
        await using var app = await ServeAsync(checks => checks.AddCheck("CoLink_Telemetry", () => HealthCheckResult.Unhealthy()));

        var report = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);

        Assert.Equal(("CoLink_Telemetry", HealthStatus.Unhealthy), (Assert.Single(report.Entries).Key, report.Status));
    }

    [Fact]
    public async Task A_service_of_the_apps_own_is_asked_and_disposed_of()
    {
        var own = default(OwnService);
        await using (var app = await RunningApp.StartAsync(
            a => a.MapHealthChecks("/health"),
            builder => builder.Services.AddHealthChecks().Services.AddSingleton<HealthCheckService>(_ => own = new OwnService())))
        {
            Assert.Equal("Degraded", await app.Client.GetStringAsync("/health"));
            Assert.Equal(0.5, (await app.ScrapeAsync()).Value(Metric, ("check", "own")));
            Assert.False(own!.IsDisposed);
        }

        Assert.True(own.IsDisposed);
    }

    [Fact]
    public async Task A_run_that_is_broken_off_is_the_callers_and_records_nothing()
    {
        await using var app = await ServeAsync(checks => checks.AddAsyncCheck("slow", async cancellation =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return HealthCheckResult.Healthy();
        }));
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(source.Token));

        Assert.Empty((await app.ScrapeAsync()).All(Metric));
    }

    private static Task<RunningApp> ServeAsync(Action<IHealthChecksBuilder> checks) => RunningApp.StartAsync(
        app =>
        {
            app.MapHealthChecks("/health");
            app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") });
        },
        builder => checks(builder.Services.AddHealthChecks()));

    private sealed class OwnService : HealthCheckService, IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;

        public override Task<HealthReport> CheckHealthAsync(Func<HealthCheckRegistration, bool>? predicate, CancellationToken cancellationToken = default) =>
            Task.FromResult(new HealthReport(new Dictionary<string, HealthReportEntry> { ["own"] = new(HealthStatus.Degraded, null, TimeSpan.Zero, null, null) }, TimeSpan.Zero));
    }
}
