using CoLink.Observability.Business;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Business;

public sealed class BusinessFamilyTests : FamilyConformance
{
    private bool _isBroken;

    private protected override MetricDefinition[] Metrics => BusinessCatalogue.All;

    private protected override string Observer => Observers.Business;

    private protected override void Build(WebApplicationBuilder builder) => builder.Logging.AddProvider(new BrokenScopes(() => _isBroken));

    /// <summary>The events have no observer, a verb is called; what can fail is what an operation opens beside its metrics.</summary>
    private protected override void Break(WebApplication app) => _isBroken = true;

    private protected override Task FillAsync(RunningApp app)
    {
        app.Services.GetRequiredService<BusinessMetrics>().FileUploaded(FileCategory.Image);
        using var operation = app.Services.GetRequiredService<Operations>().Start("checkout");
        operation.Complete();
        return Task.CompletedTask;
    }

    private sealed class BrokenScopes(Func<bool> isBroken) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => isBroken() && state is OperationKeys ? throw new InvalidOperationException("no scope") : null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }
    }
}
