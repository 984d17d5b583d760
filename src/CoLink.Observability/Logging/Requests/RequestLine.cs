using System.Collections;
using System.Globalization;

namespace CoLink.Observability.Logging.Requests;

/// <summary>What is said of a request at its end.</summary>
internal sealed class RequestLine(string method, string endpoint, string path, object status, double milliseconds, bool isConnection) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private const string Answer = "{Method} {Path} answered {Status} in {Duration} ms";
    private const string Connection = "{Method} {Path} answered {Status} and was a connection for {Duration} ms";

    public int Count => 6;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("Method", method),
        1 => new("Endpoint", endpoint),
        2 => new("Path", path),
        3 => new("Status", status),
        4 => new("Duration", milliseconds),
        5 => new("{OriginalFormat}", isConnection ? Connection : Answer),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => isConnection
        ? string.Create(CultureInfo.InvariantCulture, $"{method} {path} answered {status} and was a connection for {milliseconds} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{method} {path} answered {status} in {milliseconds} ms");
}
