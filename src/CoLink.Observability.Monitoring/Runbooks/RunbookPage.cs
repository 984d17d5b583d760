using CoLink.Observability.Monitoring.Documents;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Runbooks;

/// <summary>What people write about an alert: what it does to users, where to look first, and what to do.</summary>
internal sealed record RunbookPage(string Name, string Impact, string FirstCheck, string Mitigation)
{
    private const string Heading = "## ";
    private static readonly string[] Sections = ["Impact", "First check", "Mitigation"];

    public string Text => $"{Heading}{Sections[0]}\n\n{Impact}\n\n{Heading}{Sections[1]}\n\n{FirstCheck}\n\n{Heading}{Sections[2]}\n\n{Mitigation}";

    /// <summary>What the page tells the reader to ask.</summary>
    public IReadOnlyList<DocumentQuery> Queries => DocumentQuery.In(RunbookFiles.Path(Name), Text);

    /// <exception cref="DocumentException">A section is missing or empty, or no query is there.</exception>
    public static RunbookPage Parse(string name, string markdown)
    {
        var parts = ("\n" + markdown).Split("\n" + Heading);
        if (parts[0].Trim().Length > 0)
            throw new DocumentException($"The runbook {name} begins with a text outside its sections.");
        var found = parts.Skip(1).ToLookup(part => part.Split('\n')[0].Trim(), part => string.Join('\n', part.Split('\n').Skip(1)).Trim(), StringComparer.Ordinal);
        if (found.FirstOrDefault(section => !Sections.Contains(section.Key)) is { } other)
            throw new DocumentException($"The runbook {name} has a section '{other.Key}'; its sections are {string.Join(", ", Sections)}.");
        if (found.FirstOrDefault(section => section.Count() > 1) is { } twice)
            throw new DocumentException($"The runbook {name} has the section '{twice.Key}' twice.");
        foreach (var section in Sections.Where(section => !found[section].Any(text => text.Length > 0)))
            throw new DocumentException($"The runbook {name} has no text under '{Heading}{section}'.");
        var page = new RunbookPage(name, found[Sections[0]].Single(), found[Sections[1]].Single(), found[Sections[2]].Single());
        if (!page.Queries.Any(query => query.Query.Trim().Length > 0))
            throw new DocumentException($"The runbook {name} names no query: it needs a block of {DocumentQuery.PromQl} or {DocumentQuery.LogQl}.");
        return page;
    }
}
