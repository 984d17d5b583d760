using CoLink.Observability.Tests.Logging.Loki.Spool;
using CoLink.Observability.Tests.Logging.Loki.Stub;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>In a process of its own, since all tests share their pool.</summary>
public sealed class StarvationTests
{
    /// <summary>The runtime's own handler looks after idle connections each 15 seconds, and those need the pool from then on.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    public async Task A_line_leaves_a_service_whose_pool_is_starved(int idleSeconds)
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "Needs a POSIX shell.");
        await using var loki = await StubLoki.StartAsync(TimeProvider.System);
        using var service = CrashProcess.Start("", "starve", loki.Address.AbsoluteUri, $"{idleSeconds}");

        Assert.Equal("before True, starved True, the pool False", await service.LineAsync());
        Assert.Equal(["{\"message\":\"before\"}", "{\"message\":\"starved\"}"], loki.Lines);
    }
}
