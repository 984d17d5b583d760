using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Alerts;
using CoLink.Observability.Monitoring.Documents;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.Runbooks;

/// <summary>The pages that this program brings, one an alert's name.</summary>
internal static class RunbookPages
{
    private const string Folder = "runbooks/";

    /// <summary>The texts of the pages as they were written, by the alert's name.</summary>
    public static IReadOnlyDictionary<string, string> Written { get; } = typeof(RunbookPages).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
        .ToDictionary(name => name[Folder.Length..], Template.Read, StringComparer.Ordinal);

    /// <exception cref="DocumentException">An alert has no page, a page has no alert, or a page is not whole.</exception>
    public static IReadOnlyList<RunbookPage> Of(RuleContext context) => Of(context, Written);

    public static IReadOnlyList<RunbookPage> Of(RuleContext context, IReadOnlyDictionary<string, string> written)
    {
        var names = AlertCatalogue.All(context).Select(alert => alert.Name).Distinct(StringComparer.Ordinal).ToArray();
        if (names.FirstOrDefault(name => !written.ContainsKey(name)) is { } missing)
            throw new DocumentException($"The alert {missing} has no runbook: write Runbooks/Pages/{missing}.md.");
        // A platform without Kafka, say, has fewer alerts than there are pages; a page of no alert at all is one that was renamed.
        if (written.Keys.Order(StringComparer.Ordinal).Except(names).Except(Possible(context)).FirstOrDefault() is { } stray)
            throw new DocumentException($"The runbook {stray} is of no alert: rename or remove Runbooks/Pages/{stray}.md.");
        var values = Values(context);
        return [.. names.Order(StringComparer.Ordinal).Select(name => RunbookPage.Parse(name, Template.Fill(name, written[name], values)))];
    }

    /// <summary>What a page may leave open.</summary>
    private static Dictionary<string, string> Values(RuleContext context) => new(StringComparer.Ordinal)
    {
        ["cluster"] = context.Platform.Cluster,
        ["namespace"] = context.Platform.Namespace,
        ["jobs"] = context.Jobs,
    };

    /// <summary>The alerts of a platform that has everything that this one may lack.</summary>
    private static IEnumerable<string> Possible(RuleContext context)
    {
        var service = context.Platform.Services[0] with { Sources = Sources.All, Dependencies = Dependency.Stores };
        var whole = context.Platform with { Services = [service], Kafka = new Kafka(1, [new ConsumerGroup("group", "topic", service.Name, 1, 0)]) };
        return AlertCatalogue.All(new RuleContext(whole, context.Time)).Select(alert => alert.Name);
    }
}
