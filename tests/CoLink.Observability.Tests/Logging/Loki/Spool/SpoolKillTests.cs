using CoLink.Observability.LogCrash;
using CoLink.Observability.Logging.Loki;

namespace CoLink.Observability.Tests.Logging.Loki.Spool;

public sealed class SpoolKillTests : IDisposable
{
    private const int Rounds = 20;
    private const long MaxBytes = 256 * 1024 * 1024;

    private readonly SpoolPlace _place = new();

    public void Dispose() => _place.Dispose();

    /// <summary>The child says a number when its payload is on disk, and again when it is done. Each round adopts what the one before left.</summary>
    [Fact]
    public async Task What_a_process_acknowledged_before_it_was_killed_is_there_in_order_and_once()
    {
        SkipWithoutShell();
        var expected = new SortedSet<int>();
        var acknowledged = 0;
        var next = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var heard = await RunAndKillAsync(next, saysSomething: round % 2 == 1);
            foreach (var number in heard.Where(line => line[0] == '+').Select(NumberIn))
                Assert.True(expected.Add(number));
            foreach (var number in heard.Where(line => line[0] == '-').Select(NumberIn))
                Assert.True(expected.Remove(number));
            acknowledged += heard.Count;

            _place.Open(MaxBytes);
            Assert.DoesNotContain(_place.Logs.Lines, line => line.Id != 179);
            var found = Contents();
            Assert.Equal(found.Order().Distinct(), found);
            Assert.Equal(found.Sum(number => (long)NumberedPayload.Header(number).Entries), _place.Balance().Adopted);

            // Killed between an act and its word, it has one more than it said, and one less: the oldest.
            var unsaid = found.Except(expected).ToArray();
            var missing = expected.Except(found).ToArray();
            Assert.True(unsaid.Length <= 1 && unsaid.All(number => number > heard.Where(line => line[0] == '+').Select(NumberIn).DefaultIfEmpty(-1).Max()));
            Assert.True(missing.Length <= 1 && missing.All(number => number == expected.Min));
            expected = [.. found];
            next = Math.Max(next, expected.DefaultIfEmpty(-1).Max() + 1);
            next = Math.Max(next, heard.Select(NumberIn).DefaultIfEmpty(-1).Max() + 1);
            _place.Close();
        }

        Assert.InRange(acknowledged, Rounds / 2, int.MaxValue);
    }

    [Fact]
    public async Task A_directory_belongs_to_one_process_until_it_is_gone_however_it_goes()
    {
        SkipWithoutShell();
        using var other = CrashProcess.Start("", "hold", _place.Directory);
        Assert.Equal("opened", await other.LineAsync());
        Assert.Equal("appended", await other.LineAsync());

        Assert.Null(_place.TryOpen());
        Assert.Contains("by another process", Assert.Single(_place.Logs.Of(173)).Message, StringComparison.Ordinal);
        Assert.Equal(0, _place.Balance().Adopted);
        await other.KillAsync();

        _place.Open();
        Assert.Equal(NumberedPayload.Header(0).Entries, _place.Balance().Adopted);
        Assert.Equal(0, NumberedPayload.NumberOf(_place.Take()));
    }

    [Fact]
    public async Task It_belongs_to_one_also_where_the_runtime_locks_no_files()
    {
        SkipWithoutShell();
        const string Unlocked = "export DOTNET_SYSTEM_IO_DISABLEFILELOCKING=1";
        using var first = CrashProcess.Start(Unlocked, "hold", _place.Directory);
        Assert.Equal("opened", await first.LineAsync());
        using var second = CrashProcess.Start(Unlocked, "hold", _place.Directory);
        Assert.Equal("refused", await second.LineAsync());
    }

    private static void SkipWithoutShell() => Assert.SkipUnless(File.Exists("/bin/sh"), "Needs a POSIX shell.");

    private static int NumberIn(string line) => int.Parse(line.AsSpan(1));

    private async Task<List<string>> RunAndKillAsync(int first, bool saysSomething)
    {
        using var child = CrashProcess.Start("", "churn", _place.Directory, $"{first}");
        Assert.Equal("opened", await child.LineAsync());

        List<string> heard = saysSomething ? [(await child.LineAsync())!] : [];

        // No condition to wait for: the moment is the point.
        await Task.Delay(Random.Shared.Next(120));
        return [.. heard, .. await child.KillAsync()];
    }

    private List<int> Contents()
    {
        var numbers = new List<int>();
        while (_place.Spool.TryTake(out var payload))
            numbers.Add(NumberedPayload.NumberOf(payload));
        return numbers;
    }
}
