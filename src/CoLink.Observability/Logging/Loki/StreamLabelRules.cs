using System.Text.RegularExpressions;

namespace CoLink.Observability.Logging.Loki;

/// <summary>
/// Which labels an operator may add to the streams. A label with many values makes as many streams, and Loki slow for everybody; what
/// is known to have many is refused before the first is made.
/// </summary>
internal static partial class StreamLabelRules
{
    public const string App = "app";
    public const string Namespace = "namespace";
    public const string Pod = "pod";

    /// <summary>The streams of what is sent again.</summary>
    public const string Replay = "replay";

    /// <summary>Loki takes 15; three are ours, one is a replay's, one is <c>service_name</c>, which Loki adds itself.</summary>
    public const int Most = 10;

    public const string Allowed = "a text of 1 to 256 characters or the name of a property in braces, under the name of a label (letters, digits, '_'), of which there are at most 10; not app, namespace, pod, replay or service_name, and nothing that has many values, such as ids, paths, addresses, users, messages and times";

    /// <summary>Last words of names that have many values.</summary>
    private static readonly string[] Many =
        ["id", "ids", "guid", "uuid", "path", "url", "uri", "query", "ip", "address", "email", "mail", "user", "username", "message", "exception", "stack", "timestamp", "ts", "time", "date", "duration", "elapsed", "key", "hash", "token", "session"];

    /// <summary>The usual ones, written without a sign of where their words end.</summary>
    private static readonly string[] ManyInOneWord =
        ["traceid", "spanid", "parentid", "userid", "requestid", "sessionid", "correlationid", "connectionid", "tenantid", "messageid", "requestpath", "rawtarget", "clientip", "remoteip"];

    public static bool Allows(string name, string? value)
    {
        if (!Name().IsMatch(name) || name is App or Namespace or Pod or Replay or "service_name" || name.StartsWith("__", StringComparison.Ordinal) || HasManyValues(name))
            return false;
        return PropertyOf(value) is { } property ? !HasManyValues(property) : value is { Length: > 0 and <= 256 } && !value.Any(char.IsControl);
    }

    /// <summary>The property that a value names, as in <c>{Module}</c>; null for a text.</summary>
    public static string? PropertyOf(string? value) => value is not null && Property().Match(value) is { Success: true } match ? match.Groups["name"].Value : null;

    private static bool HasManyValues(string name) =>
        Many.Contains(LastWord().Match(name).Value.ToLowerInvariant(), StringComparer.Ordinal) || ManyInOneWord.Contains(name.ToLowerInvariant(), StringComparer.Ordinal);

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_]{0,99}\\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"^\{(?<name>[A-Za-z_][A-Za-z0-9_.]*)\}\z")]
    private static partial Regex Property();

    /// <summary>Of <c>user_id</c>, <c>UserId</c> and <c>userID</c>: <c>id</c>.</summary>
    [GeneratedRegex("([A-Z]+|[A-Z]?[a-z0-9]+)\\z")]
    private static partial Regex LastWord();
}
