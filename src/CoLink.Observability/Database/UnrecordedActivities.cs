using System.Diagnostics;

namespace CoLink.Observability.Database;

/// <summary>
/// How a listener of ours gets an activity's data and leaves to the sampler whether it is recorded. An activity that exists inherits
/// the recorded flag of its parent, and with its data OpenTelemetry would export it though its sampler dropped it. So inside a
/// recorded span we ask for no data: who has it when it starts was asked for by another, whose say stands; another's is none of
/// that span's, and is marked so before it gets its data.
/// </summary>
/// <remarks>For activities that have no others inside: a parent-based sampler would drop those with it.</remarks>
internal static class UnrecordedActivities
{
    public static ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> options) =>
        (options.Parent.TraceFlags & ActivityTraceFlags.Recorded) == 0 ? ActivitySamplingResult.AllData : ActivitySamplingResult.PropagationData;

    /// <summary>For the listener's start of an activity, before the driver looks whether to write its tags.</summary>
    public static void Started(Activity activity)
    {
        if (activity.IsAllDataRequested)
            return;
        activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        activity.IsAllDataRequested = true;
    }
}
