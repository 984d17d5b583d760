using System.Diagnostics;

namespace CoLink.Observability.Database.Spans;

/// <summary>Spans that are not the current one while they last: what the app does meanwhile, on whatever thread, belongs to the app's own.</summary>
internal static class Detached
{
    /// <summary>A child of the current span; null where nobody takes it.</summary>
    public static Activity? Start(ActivitySource source, string name)
    {
        var current = Activity.Current;
        try
        {
            return source.StartActivity(name, ActivityKind.Client);
        }
        finally
        {
            MakeCurrent(current);
        }
    }

    /// <summary>Ending a span makes its parent the current one, which on this thread may be somebody else's.</summary>
    public static void Stop(Activity span)
    {
        var current = Activity.Current;
        try
        {
            span.Stop();
        }
        finally
        {
            MakeCurrent(current);
        }
    }

    /// <summary>One that has ended cannot be made the current one again: then there is none.</summary>
    private static void MakeCurrent(Activity? span)
    {
        if (!ReferenceEquals(Activity.Current, span))
            Activity.Current = span is { IsStopped: true } ? null : span;
    }
}
