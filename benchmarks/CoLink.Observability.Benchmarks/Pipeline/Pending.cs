using System.Threading.Tasks.Sources;

namespace CoLink.Observability.Benchmarks.Pipeline;

/// <summary>An operation that is not complete when it is awaited and allocates nothing itself.</summary>
internal sealed class Pending : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _source;

    public ValueTask WaitAsync() => new(this, _source.Version);

    public void Complete() => _source.SetResult(true);

    public void GetResult(short token)
    {
        _source.GetResult(token);
        _source.Reset();
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
