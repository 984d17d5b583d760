using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Serilog.Events;
using Serilog.Parsing;

namespace CoLink.Observability.Logging;

/// <summary>What every event of one place in the code has in common.</summary>
/// <param name="Format">The template as it is written.</param>
/// <param name="Id">The number of the event's id.</param>
/// <param name="Name">The name of the event's id.</param>
/// <param name="Template">The template, parsed.</param>
/// <param name="EventId">The id as a property; null where there is none.</param>
internal sealed record CallSite(string Format, int Id, string? Name, MessageTemplate Template, LogEventPropertyValue? EventId)
{
    /// <summary>The site of a text, which is no template: its braces are braces.</summary>
    public static CallSite Of(string text, EventId eventId) =>
        new(text, eventId.Id, eventId.Name, new MessageTemplate(text, [new TextToken(text)]), ValueOf(eventId));

    public static LogEventPropertyValue? ValueOf(EventId eventId)
    {
        if (eventId.Id == 0 && eventId.Name is null)
            return null;
        List<LogEventProperty> parts = [];
        if (eventId.Id != 0)
            parts.Add(new LogEventProperty("Id", new ScalarValue(eventId.Id)));
        if (eventId.Name is not null)
            parts.Add(new LogEventProperty("Name", new ScalarValue(eventId.Name)));
        return new StructureValue(parts);
    }

    /// <summary>Both texts are constants of the code, nearly always: they are compared by their place.</summary>
    public bool Is(string format, EventId eventId) => ReferenceEquals(Format, format) && Id == eventId.Id && ReferenceEquals(Name, eventId.Name);
}

/// <summary>The sites seen so far. A template made of data is new each time; so only the first ones are kept.</summary>
internal sealed class CallSites
{
    private const int Kept = 4096;

    private readonly MessageTemplateParser _parser = new();
    private readonly ConcurrentDictionary<(string Format, int Id, string? Name), CallSite> _sites = new();
    private int _count;

    public CallSite Find(string format, EventId eventId)
    {
        var key = (format, eventId.Id, eventId.Name);
        if (_sites.TryGetValue(key, out var known))
            return known;
        var site = new CallSite(format, eventId.Id, eventId.Name, _parser.Parse(format), CallSite.ValueOf(eventId));
        if (_count < Kept && _sites.TryAdd(key, site))
            Interlocked.Increment(ref _count);
        return site;
    }
}
