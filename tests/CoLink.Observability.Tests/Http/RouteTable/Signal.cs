namespace CoLink.Observability.Tests.Http.RouteTable;

/// <summary>Lets an endpoint say that it is running.</summary>
internal sealed class Signal
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Entered => _entered.Task;

    public void Enter() => _entered.TrySetResult();
}
