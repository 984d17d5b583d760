using System.Diagnostics;

namespace CoLink.Observability.Database;

/// <summary>
/// How a listener of ours gets an activity's data and leaves to the sampler whether it is recorded. An activity that exists with all
/// its data inherits the recorded flag of its parent, and OpenTelemetry would export it though its sampler dropped it. One that exists
/// for propagation does not inherit it (since .NET 10), and may be given data once it has started.
/// </summary>
internal static class UnrecordedActivities
{
    public static ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> options) =>
        (options.Parent.TraceFlags & ActivityTraceFlags.Recorded) == 0 ? ActivitySamplingResult.AllData : ActivitySamplingResult.PropagationData;

    /// <summary>For the listener's start of an activity, before the driver looks whether to write its tags.</summary>
    public static void AskForData(Activity activity) => activity.IsAllDataRequested = true;
}
