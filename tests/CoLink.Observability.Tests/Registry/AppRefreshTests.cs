using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Registry;

public sealed class AppRefreshTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new();
    private readonly ManualResetEventSlim _gate = new();
    private readonly List<Exception> _failures = [];
    private readonly AppRefresh _refresh;
    private int _calls;
    private int _returns;

    public AppRefreshTests() => _refresh = new AppRefresh(Hang, _failures.Add, _time);

    public void Dispose()
    {
        _gate.Set();
        _gate.Dispose();
    }

    [Fact]
    public async Task Scrapers_less_patient_than_we_are_do_not_hang_for_good()
    {
        for (var i = 0; i < 3; i++)
        {
            using var gone = new CancellationTokenSource();
            var scrape = _refresh.RunAsync(gone.Token);
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scrape.WaitAsync(Bound));
            _time.Advance(AppRefresh.Patience / 3);
        }

        _time.Advance(AppRefresh.Patience / 3);
        for (var i = 0; i < 3; i++)
            await _refresh.RunAsync(CancellationToken.None).WaitAsync(Bound);
        Assert.Contains("did not end within", Assert.Single(_failures).Message);
        await Eventually.IsTrue(() => Volatile.Read(ref _calls) == 1);
    }

    [Fact]
    public async Task Each_hang_is_told_once()
    {
        for (var hang = 1; hang <= 2; hang++)
        {
            _gate.Reset();
            await Eventually.IsTrue(() =>
            {
                _ = _refresh.RunAsync(CancellationToken.None);
                return Volatile.Read(ref _calls) == hang;
            });
            _time.Advance(AppRefresh.Patience);
            await _refresh.RunAsync(CancellationToken.None).WaitAsync(Bound);
            await _refresh.RunAsync(CancellationToken.None).WaitAsync(Bound);
            await Eventually.IsTrue(() => _failures.Count == hang);
            _gate.Set();
            await Eventually.IsTrue(() => Volatile.Read(ref _returns) == hang);
        }
    }

    private void Hang()
    {
        Interlocked.Increment(ref _calls);
        _gate.Wait();
        Interlocked.Increment(ref _returns);
    }
}
