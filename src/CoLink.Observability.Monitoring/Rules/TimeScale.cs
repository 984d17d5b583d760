using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Rules;

/// <summary>
/// Divides every range and pause, so that a test sees in seconds what takes minutes. Names keep the unscaled range. 1 is real time.
/// </summary>
internal sealed class TimeScale(decimal factor)
{
    public static readonly TimeScale Real = new(1);

    public decimal Factor => factor;

    /// <summary>A range or pause as Prometheus writes it, never below a millisecond.</summary>
    public string this[string duration] => Of(duration, TimeSpan.FromMilliseconds(1));

    /// <summary>The interval of a group of rules or of a scrape: Prometheus is not asked to do it more than once a second.</summary>
    public string Interval(string duration) => Of(duration, TimeSpan.FromSeconds(1));

    /// <summary>
    /// The seconds of a range as rates see it: a rate times these is a count within the range. A guard of 100 requests an hour is one of
    /// 100 requests a minute at scale 60.
    /// </summary>
    public string Seconds(string duration) => Number.Format((decimal)Duration.Parse(duration).TotalSeconds / factor);

    private string Of(string duration, TimeSpan least)
    {
        var span = Duration.Parse(duration);
        if (span == TimeSpan.Zero)
            return "0s";
        var scaled = span / (double)factor;
        return Duration.Format(scaled < least ? least : scaled);
    }
}
