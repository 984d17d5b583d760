namespace CoLink.Observability.Tests.Tracing.Stub;

/// <summary>Decodes what an exporter sends. Source: opentelemetry/proto/collector/trace/v1 and opentelemetry/proto/trace/v1.</summary>
internal static class TraceRequest
{
    public static List<ReceivedSpan> Decode(ReadOnlySpan<byte> request)
    {
        var spans = new List<ReceivedSpan>();
        var reader = new ProtobufReader(request);
        while (reader.Read())
        {
            if (reader.Field == 1)
                ResourceSpans(reader.Bytes, spans);
        }

        return spans;
    }

    private static void ResourceSpans(ReadOnlySpan<byte> message, List<ReceivedSpan> spans)
    {
        var resource = new Dictionary<string, object?>();
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field == 1)
            {
                var inner = new ProtobufReader(reader.Bytes);
                while (inner.Read())
                {
                    if (inner.Field == 1)
                        Attribute(inner.Bytes, resource);
                }
            }
        }

        reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field == 2)
                ScopeSpans(reader.Bytes, resource, spans);
        }
    }

    private static void ScopeSpans(ReadOnlySpan<byte> message, Dictionary<string, object?> resource, List<ReceivedSpan> spans)
    {
        var source = "";
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field == 1)
            {
                var scope = new ProtobufReader(reader.Bytes);
                while (scope.Read())
                    source = scope.Field == 1 ? scope.Text : source;
            }
        }

        reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field == 2)
                spans.Add(Span(reader.Bytes, resource, source));
        }
    }

    private static ReceivedSpan Span(ReadOnlySpan<byte> message, Dictionary<string, object?> resource, string source)
    {
        string trace = "", id = "", parent = "", name = "", status = "";
        int kind = 0, code = 0;
        long start = 0, end = 0;
        var attributes = new Dictionary<string, object?>();
        var events = new List<ReceivedEvent>();
        var links = new List<(string, string)>();
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    trace = reader.Hex;
                    break;
                case 2:
                    id = reader.Hex;
                    break;
                case 4:
                    parent = reader.Hex;
                    break;
                case 5:
                    name = reader.Text;
                    break;
                case 6:
                    kind = (int)reader.Number;
                    break;
                case 7:
                    start = (long)reader.Number;
                    break;
                case 8:
                    end = (long)reader.Number;
                    break;
                case 9:
                    Attribute(reader.Bytes, attributes);
                    break;
                case 11:
                    events.Add(Event(reader.Bytes));
                    break;
                case 13:
                    links.Add(Link(reader.Bytes));
                    break;
                case 15:
                    (status, code) = Status(reader.Bytes);
                    break;
            }
        }

        return new ReceivedSpan(resource, source, trace, id, parent, name, kind, attributes, events, code, status) { Start = start, End = end, Links = links };
    }

    private static (string TraceId, string SpanId) Link(ReadOnlySpan<byte> message)
    {
        var (trace, id) = ("", "");
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field == 1)
                trace = reader.Hex;
            else if (reader.Field == 2)
                id = reader.Hex;
        }

        return (trace, id);
    }

    private static ReceivedEvent Event(ReadOnlySpan<byte> message)
    {
        var name = "";
        var attributes = new Dictionary<string, object?>();
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field == 2)
                name = reader.Text;
            else if (reader.Field == 3)
                Attribute(reader.Bytes, attributes);
        }

        return new ReceivedEvent(name, attributes);
    }

    private static (string Message, int Code) Status(ReadOnlySpan<byte> message)
    {
        var (text, code) = ("", 0);
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field == 2)
                text = reader.Text;
            else if (reader.Field == 3)
                code = (int)reader.Number;
        }

        return (text, code);
    }

    /// <summary>An attribute that is there twice is a defect of the exporter.</summary>
    private static void Attribute(ReadOnlySpan<byte> message, Dictionary<string, object?> attributes)
    {
        var name = "";
        object? value = null;
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field == 1)
                name = reader.Text;
            else if (reader.Field == 2)
                value = Value(reader.Bytes);
        }

        attributes.Add(name, value);
    }

    private static object? Value(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        return !reader.Read() ? null : reader.Field switch
        {
            1 => reader.Text,
            2 => reader.Number != 0,
            3 => (long)reader.Number,
            4 => reader.Double,
            _ => reader.Hex,
        };
    }
}
