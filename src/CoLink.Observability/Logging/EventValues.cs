using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace CoLink.Observability.Logging;

/// <summary>Makes the values of an event, by Serilog's rules, and adds what the app has pushed onto Serilog's context.</summary>
internal sealed class EventValues(ILogEventSink next)
{
    /// <summary>Statuses, counts and small numbers are in most events.</summary>
    private const int Small = 600;

    private readonly ScalarValue?[] _small = new ScalarValue?[Small];

    private readonly Logger _serilog = new LoggerConfiguration()
        .MinimumLevel.Verbose()
        .Enrich.FromLogContext()

        // What has no end is logged as well; the line shows a tenth of it.
        .Destructure.ToMaximumCollectionCount(10_000)
        .WriteTo.Sink(next)
        .CreateLogger();

    public void Write(LogEvent logEvent) => _serilog.Write(logEvent);

    /// <param name="name">The property's name.</param>
    /// <param name="value">What was logged.</param>
    /// <param name="isStructure">Whether an object is taken apart; else it is shown as its text.</param>
    public LogEventPropertyValue? Of(string name, object? value, bool isStructure)
    {
        if (value is int number)
            return (uint)number < Small ? _small[number] ??= new ScalarValue(value) : new ScalarValue(value);
        if (IsPlain(value))
            return new ScalarValue(value);
        return _serilog.BindProperty(name, value, isStructure, out var property) ? property.Value : null;
    }

    private static bool IsPlain(object? value) => value is null or string or long or double or bool or decimal or float or short or byte or uint or ulong or char
        or Guid or DateTime or DateTimeOffset or TimeSpan;
}
