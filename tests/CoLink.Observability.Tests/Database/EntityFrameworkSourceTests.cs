using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Database;

public sealed class EntityFrameworkSourceTests : ObserverConformance, IDisposable
{
    private FakeEntityFramework? _framework;

    private protected override MetricDefinition[] Metrics => DatabaseCatalogue.All;

    private protected override string Observer => Observers.Database;

    private protected override string Source => Sources.EntityFramework;

    private FakeEntityFramework Framework => _framework ??= new FakeEntityFramework();

    public void Dispose() => _framework?.Dispose();

    private protected override double Heard(Scrape scrape) => scrape.Sum(DatabaseCatalogue.QueryDuration.Name + "_count", ("system", "other"));

    private protected override Task SpeakAsync(RunningApp app)
    {
        Framework.Execute(new FakeConnection("shop"), "SELECT 1");
        return Task.CompletedTask;
    }

    private protected override Task MisbehaveAsync(RunningApp app)
    {
        foreach (var name in (string[])["Command.CommandExecuting", "Command.CommandExecuted", "Command.CommandError", "Command.CommandCanceled", "Connection.ConnectionOpened", "Connection.ConnectionError"])
        {
            Framework.Write(name, null);
            Framework.Write(name, "a text");
            Framework.Write(name, new { });
            Framework.Write(name, new { Command = 1, Connection = "a", Duration = 3.5, Exception = DateTime.MinValue, LogLevel = "high" });
            Framework.Write(name, new { Command = (object?)null, Connection = (object?)null, Duration = TimeSpan.Zero });
            Framework.Write(name, new FakeEntityFramework.CommandEndEvent(null!, TimeSpan.MinValue));
            Framework.Write(name, new FakeEntityFramework.CommandEndEvent(new FakeCommand(null, null!), TimeSpan.Zero));
            Framework.Write(name, new FakeEntityFramework.CommandEndEvent(new FakeCommand(new FakeConnection(null!), null!), TimeSpan.FromDays(-1)));
            Framework.Write(name, new FakeEntityFramework.ConnectionEvent(new FakeConnection(null!)));
        }

        return Task.CompletedTask;
    }
}
