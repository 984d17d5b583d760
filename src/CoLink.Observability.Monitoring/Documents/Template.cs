using System.Text.RegularExpressions;

namespace CoLink.Observability.Monitoring.Documents;

/// <summary>A text that people write, with <c>{{places}}</c> for what follows from the platform.</summary>
internal static partial class Template
{
    /// <exception cref="DocumentException">A place has no value.</exception>
    public static string Fill(string name, string text, IReadOnlyDictionary<string, string> values) => Place().Replace(text, place =>
        values.TryGetValue(place.Groups[1].Value, out var value) ? value : throw new DocumentException($"{name}: '{place.Value}' has no value; known: {string.Join(", ", values.Keys.Order(StringComparer.Ordinal))}."));

    /// <summary>The text of a resource of this program.</summary>
    public static string Read(string resource)
    {
        using var stream = typeof(Template).Assembly.GetManifestResourceStream(resource)
            ?? throw new DocumentException($"{resource}: is no resource of this program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n").Trim('\n');
    }

    /// <summary>A template of an alert has spaces inside its braces, and is none of ours.</summary>
    [GeneratedRegex(@"\{\{([a-z][A-Za-z0-9]*)\}\}")]
    private static partial Regex Place();
}

/// <summary>A document that cannot be rendered, since what people wrote is not whole; its message names it and what is missing.</summary>
internal sealed class DocumentException(string message) : Exception(message);
