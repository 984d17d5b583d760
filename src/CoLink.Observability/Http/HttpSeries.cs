using System.Diagnostics;
using System.Globalization;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Http;

/// <summary>The series of one method and endpoint, so that a finished request finds them without a look-up.</summary>
internal sealed class HttpSeries(string method, string endpoint, CounterFamily requests, HistogramFamily duration)
{
    /// <summary>An endpoint answers with a handful of statuses; one that answers with any number finds the rest in the registry, past its guard.</summary>
    private const int Remembered = 16;

    private (int Status, CounterSeries Series)[] _statuses = [];
    private HistogramSeries? _duration;

    public void Count(int status, Activity? span) => Requests(status).Inc(span);

    /// <summary>Exists only from the first timed request on: an endpoint of sockets or streams has no duration.</summary>
    public void Time(double seconds, Activity? span) => (_duration ??= duration.With(method, endpoint)).Observe(seconds, span);

    public CounterSeries Requests(int status)
    {
        foreach (var (known, series) in _statuses)
        {
            if (known == status)
                return series;
        }

        return Add(status);
    }

    /// <summary>Copied on write. Two threads that add at once may lose one entry, which the next request finds again in the registry.</summary>
    private CounterSeries Add(int status)
    {
        var series = requests.With(method, endpoint, status.ToString(CultureInfo.InvariantCulture));
        if (_statuses.Length < Remembered)
            _statuses = [.. _statuses, (status, series)];
        return series;
    }
}
