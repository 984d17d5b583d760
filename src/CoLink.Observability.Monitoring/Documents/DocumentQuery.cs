using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Documents;

/// <summary>A query that a reader is told to run.</summary>
/// <param name="Document">The file that says so, below the monitoring directory.</param>
/// <param name="Language"><c>promql</c> or <c>logql</c>.</param>
internal sealed record DocumentQuery(string Document, string Language, string Query)
{
    public const string PromQl = "promql";
    public const string LogQl = "logql";

    public static IReadOnlyList<DocumentQuery> In(string document, string markdown) =>
        [.. Markdown.Blocks(markdown).Where(block => block.Language is PromQl or LogQl).Select(block => new DocumentQuery(document, block.Language, block.Text))];
}
