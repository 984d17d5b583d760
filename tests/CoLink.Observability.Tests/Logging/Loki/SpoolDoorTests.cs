using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Spool;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>A directory that another process still has, as while one replica replaces another.</summary>
public sealed class SpoolDoorTests : IDisposable
{
    private const int Unusable = 173;
    private const int WorksAgain = 175;

    private readonly SpoolPlace _place = new();
    private readonly FakeTimeProvider _time = new(Some.Time);
    private readonly CollectingLogs _logs = new();

    public void Dispose()
    {
        _place.Dispose();
        _logs.Dispose();
    }

    [Fact]
    public void It_opens_once_and_says_nothing()
    {
        using var door = Door();
        Assert.Null(door.Spool);

        var opened = door.Open();

        Assert.NotNull(opened);
        Assert.Same(opened, door.Spool);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Same(opened, door.Open());
        Assert.Empty(_logs.Lines);
    }

    [Fact]
    public void A_directory_that_is_taken_is_asked_for_again_every_ten_seconds_and_told_once_each_way()
    {
        _place.Open();
        using var door = Door();
        Assert.Null(door.Open());
        Assert.Equal(Unusable, Assert.Single(_logs.Lines).Id);

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(door.Open());
        _place.Close();
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Null(door.Open());
        Assert.Equal(Unusable, Assert.Single(_logs.Lines).Id);

        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.NotNull(door.Open());
        Assert.Equal([Unusable, WorksAgain], _logs.Lines.Select(line => line.Id));
    }

    [Fact]
    public void Once_closed_it_stays_so_and_others_may_have_the_directory()
    {
        var door = Door();
        Assert.NotNull(door.Open());

        door.Dispose();
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(door.Spool);
        Assert.Null(door.Open());
        _place.Open();
    }

    private SpoolDoor Door() => new(_place.Directory, SpoolPlace.MaxBytes, new LogLedger(), _time, _logs.CreateLogger("spool"));
}
