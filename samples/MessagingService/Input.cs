using System.Text.RegularExpressions;

namespace MessagingService;

/// <summary>Reads the fields of one request. Each refusal names the field, its value and what is allowed; all of them go out together.</summary>
internal sealed partial class Input
{
    private readonly Dictionary<string, string[]> _errors = [];

    /// <summary>The answer to a request that was not accepted; null where every field was.</summary>
    public IResult? Refusal => _errors.Count == 0 ? null : TypedResults.ValidationProblem(_errors, string.Join(' ', _errors.Values.Select(errors => errors[0])), title: "The request was not accepted.");

    public string Text(string field, string? value, int max)
    {
        value = value?.Trim();
        if (string.IsNullOrEmpty(value))
            return Refuse(field, $"{field} is missing.", $"1 to {max} characters");
        if (value.Length > max)
            return Refuse(field, $"{field} {Quote(value)} has {value.Length} characters.", $"1 to {max} characters");
        // PostgreSQL stores no NUL, and nobody reads the others.
        if (value.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
            return Refuse(field, $"{field} {Quote(value)} has a control character.", "text and line breaks");
        return value;
    }

    public string Channel(string? value, string field = "channel") =>
        Matching(field, value, max: 80, ChannelName(), "letters, digits, '-', '_' and '.', 80 at most");

    /// <returns>The address in lower case: the same person is not registered twice.</returns>
    public string Email(string field, string? value) =>
        Matching(field, value, max: 254, EmailAddress(), "an address such as ada@example.com").ToLowerInvariant();

    /// <returns>The member and its name in lower case, as it is stored and shown.</returns>
    public (T Value, string Name) OneOf<T>(string field, string? value, T? otherwise = null)
        where T : struct, Enum
    {
        var allowed = Enum.GetNames<T>().Select(name => name.ToLowerInvariant()).ToArray();
        var found = Array.IndexOf(allowed, string.IsNullOrWhiteSpace(value) ? otherwise?.ToString().ToLowerInvariant() : value.Trim().ToLowerInvariant());
        if (found >= 0)
            return (Enum.GetValues<T>()[found], allowed[found]);
        Refuse(field, string.IsNullOrWhiteSpace(value) ? $"{field} is missing." : $"{field} {Quote(value)} is not known.", string.Join(", ", allowed));
        return default;
    }

    public string Refuse(string field, string what, string allowed)
    {
        _errors[field] = [$"{what} Allowed: {allowed}."];
        return "";
    }

    /// <summary>A value as an error shows it: short, and on one line.</summary>
    public static string Quote(string? value)
    {
        var line = ControlCharacters().Replace(value ?? "", " ");
        return line.Length > 40 ? $"'{line[..40]}…'" : $"'{line}'";
    }

    private string Matching(string field, string? value, int max, Regex rule, string allowed)
    {
        var text = Text(field, value, max);
        return text.Length == 0 || rule.IsMatch(text) ? text : Refuse(field, $"{field} {Quote(text)} is not valid.", allowed);
    }

    [GeneratedRegex(@"^[\p{L}\p{Nd}._-]+\z")]
    private static partial Regex ChannelName();

    [GeneratedRegex(@"^[^@\s]+@[^@\s]+\.[^@\s.]+\z")]
    private static partial Regex EmailAddress();

    [GeneratedRegex(@"\p{C}+")]
    private static partial Regex ControlCharacters();
}
