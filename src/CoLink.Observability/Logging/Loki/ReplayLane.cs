namespace CoLink.Observability.Logging.Loki;

/// <summary>
/// The lane of what is sent again: the half hour of the week that its oldest entry falls into. Everything in a lane lies within an
/// hour, so nothing there is too far behind, whatever the order; docs/decisions/0024-replayed-lines-have-lanes.md.
/// </summary>
internal static class ReplayLane
{
    public const int Lanes = 7 * 48;

    private const long HalfHour = 30L * 60 * 1_000_000_000;

    /// <param name="oldest">In nanoseconds since 1970.</param>
    public static int Of(long oldest) => (int)(((oldest / HalfHour) % Lanes + Lanes) % Lanes);
}
