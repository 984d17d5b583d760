using System.Globalization;
using System.Text;
using System.Text.Json;
using CoLink.Observability.Logging.Redaction;
using Serilog.Events;

namespace CoLink.Observability.Logging.Loki;

/// <summary>Which stream an event is in. Each stream is memory here and a file at Loki for as long as it lives, so there is a bound.</summary>
internal sealed class StreamLabels
{
    /// <summary>Beyond it the labels that come from properties read <c>_other</c>.</summary>
    public const int MostStreams = 100;

    private const string Other = "_other";

    /// <summary>Loki takes 2048 bytes; a value of that length is none.</summary>
    private const int LongestValue = 256;

    /// <summary>No value has it.</summary>
    private const char Separator = '\n';

    private readonly KeyValuePair<string, string>[] _fixed;
    private readonly string[] _names;
    private readonly string[] _properties;
    private readonly Redactor _redactor;
    private readonly Dictionary<string, LogStream> _streams = new(StringComparer.Ordinal);
    private readonly LogStream _other;

    /// <param name="app">The service.</param>
    /// <param name="group">What it belongs to: the label <c>namespace</c>.</param>
    /// <param name="pod">This replica.</param>
    /// <param name="more">Texts and, in braces, properties.</param>
    /// <param name="redactor">What of a property is not shown in a line is not shown in a label.</param>
    public StreamLabels(string app, string group, string pod, IEnumerable<KeyValuePair<string, string>> more, Redactor redactor)
    {
        _redactor = redactor;
        var byProperty = more.ToLookup(label => StreamLabelRules.PropertyOf(label.Value) is not null);
        _fixed = [new(StreamLabelRules.App, app), new(StreamLabelRules.Namespace, group), new(StreamLabelRules.Pod, pod), .. byProperty[false]];
        _names = [.. byProperty[true].Select(label => label.Key)];
        _properties = [.. byProperty[true].Select(label => StreamLabelRules.PropertyOf(label.Value)!)];
        _other = new LogStream(Json([.. _names.Select(_ => Other)]));
    }

    /// <summary>The stream of what is sent again, beside the one it was made for.</summary>
    public static ReadOnlyMemory<byte> InLane(ReadOnlyMemory<byte> labels, int lane) =>
        (byte[])[.. labels.Span[..^1], .. ",\""u8, .. Encoding.UTF8.GetBytes(StreamLabelRules.Replay), .. "\":\""u8, .. Encoding.UTF8.GetBytes(lane.ToString(CultureInfo.InvariantCulture)), .. "\"}"u8];

    public LogStream Of(LogEvent logEvent)
    {
        var values = _properties.Length switch
        {
            0 => "",
            1 => Value(logEvent, _properties[0]),
            _ => string.Join(Separator, _properties.Select(property => Value(logEvent, property))),
        };
        if (_streams.TryGetValue(values, out var known))
            return known;
        if (_streams.Count == MostStreams)
            return _other;
        return _streams[values] = new LogStream(Json(values.Split(Separator)));
    }

    private string Value(LogEvent logEvent, string property)
    {
        if (!logEvent.Properties.TryGetValue(property, out var value) || value is not ScalarValue { Value: { } scalar })
            return "";
        try
        {
            return Clean(Shown(property, scalar as string ?? Convert.ToString(scalar, CultureInfo.InvariantCulture) ?? ""));
        }
        catch (Exception)
        {
            // A type of the app's whose text cannot be made: as if it had none.
            return "";
        }
    }

    private string Shown(string property, string text) =>
        text.Length == 0 ? text : _redactor.Of(property) is NameTreatment.Hidden or NameTreatment.Query || _redactor.SecretIn(text) >= 0 ? Redactor.Mark : text;

    private static string Clean(string text)
    {
        if (text.Length <= LongestValue && !text.Any(char.IsControl))
            return text;
        var end = Math.Min(text.Length, LongestValue);
        if (end < text.Length && char.IsHighSurrogate(text[end - 1]))
            end--;
        return string.Concat(text.AsSpan(0, end).ToString().Select(one => char.IsControl(one) ? ' ' : one));
    }

    /// <summary>A label without a value is none to Loki, and is left out.</summary>
    private byte[] Json(string[] values)
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            foreach (var (name, value) in _fixed.Concat(_names.Zip(values, KeyValuePair.Create)).Where(label => label.Value.Length > 0))
                json.WriteString(name, value);
            json.WriteEndObject();
        }

        return output.ToArray();
    }
}
