using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Platforms;

/// <summary>What a platform must keep so that its rules can be true: each rule says what would be blind without it.</summary>
internal static class PlatformRules
{
    public static void Check(Platform platform, Problems problems)
    {
        if (platform.Services.Count == 0)
            problems.Add(1, "services is empty: name at least one.");
        Unique(platform.Services, service => service.Name, service => service.Line, "services", "the name", problems);
        Unique(platform.Services, service => service.Port == 0 ? "" : Number.Format(service.Port), service => service.Line, "services", "the port", problems);
        Unique(platform.Kafka.Groups, group => $"{group.Name} on {group.Topic}", group => group.Line, "kafka.groups", "the group", problems);
        foreach (var service in platform.Services)
            Check(service, platform, problems);
        foreach (var group in platform.Kafka.Groups.Where(group => platform.Services.All(service => service.Name != group.Service)))
            problems.Add(group.Line, $"kafka.groups: '{group.Service}' of the group '{group.Name}' is no service; allowed: {Names(platform)}.");
        Retained(platform, problems);
        if (platform.Scraping.Timeout > platform.Scraping.Interval)
            problems.Add(platform.Scraping.Line, $"scrape.timeout is {Duration.Format(platform.Scraping.Timeout)}; allowed is at most scrape.interval, {Duration.Format(platform.Scraping.Interval)}.");
    }

    private static void Check(Service service, Platform platform, Problems problems)
    {
        foreach (var dependency in service.Dependencies)
        {
            if (dependency == service.Name)
                problems.Add(service.Line, $"services: '{service.Name}' depends on itself.");
            else if (!Dependency.Stores.Contains(dependency) && platform.Services.All(other => other.Name != dependency))
                problems.Add(service.Line, $"services: '{dependency}', a dependency of '{service.Name}', is unknown; allowed: {string.Join(", ", Dependency.Stores)}, {Names(platform)}.");
        }

        foreach (var source in service.Sources.Where(source => !Sources.All.Contains(source)))
            problems.Add(service.Line, $"services: '{source}', a source of '{service.Name}', is unknown; allowed: {string.Join(", ", Sources.All)}.");
        foreach (var objective in service.Objectives)
            Check(service, objective, problems);
    }

    private static void Check(Service service, Objective objective, Problems problems)
    {
        var what = $"services: the objective {objective.Slo} of '{service.Name}'";
        // Beyond 1 no ratio of failed requests can come: the alert would stay silent in a total outage.
        var reachable = 1 - 1 / BurnRate.Fastest.Factor;
        if (objective.Ratio <= reachable || objective.Ratio >= 1)
            problems.Add(objective.Line, $"{what} is {Number.Percent(objective.Ratio)}; allowed is above {Number.Percent(Math.Round(reachable, 4))} (below it the page at {Number.Format(BurnRate.Fastest.Factor)} times the budget can never come) and below 100 %.");
        // Without the bound the bucket does not exist, and the indicator is silently empty.
        if (objective.IsLatency && !Bounds.Contains(objective.Seconds))
            problems.Add(objective.Line, $"{what} has {Number.Format(objective.Seconds)} seconds, which is no bound of {HttpCatalogue.Duration.Name}; allowed: {string.Join(", ", Bounds.Select(Number.Format))}.");
    }

    private static IEnumerable<decimal> Bounds => HttpCatalogue.Duration.Buckets.Select(bound => (decimal)bound);

    private static void Retained(Platform platform, Problems problems)
    {
        var longest = Duration.Parse(Ranges.Longest);
        if (platform.Retention.Prometheus < longest)
            problems.Add(platform.Retention.Line, $"retention.prometheus is {Duration.Format(platform.Retention.Prometheus)}; allowed is at least {Ranges.Longest}, the longest range that a rule asks for.");
    }

    /// <summary>What could not be read has been named already.</summary>
    private static void Unique<T>(IEnumerable<T> items, Func<T, string> key, Func<T, int> line, string list, string what, Problems problems)
    {
        foreach (var again in items.Where(item => key(item).Length > 0).GroupBy(key, StringComparer.Ordinal).SelectMany(same => same.Skip(1)))
            problems.Add(line(again), $"{list}: {what} {key(again)} is there twice.");
    }

    private static string Names(Platform platform) => string.Join(", ", platform.Services.Select(service => service.Name));
}
