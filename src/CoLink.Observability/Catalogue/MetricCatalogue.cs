namespace CoLink.Observability.Catalogue;

/// <summary>
/// Every metric of the platform as data. The families declare from it, and the reference and the monitoring directory are rendered
/// from it, so a name stands in one place.
/// </summary>
internal static class MetricCatalogue
{
    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        .. HttpCatalogue.All,
        .. BusinessCatalogue.All,
        .. DatabaseCatalogue.All,
        .. CacheCatalogue.All,
        .. WebSocketCatalogue.All,
        .. KafkaCatalogue.All,
        .. HealthCatalogue.All,
        .. RuntimeCatalogue.All,
        .. SelfCatalogue.All,
    ];

    /// <summary>The prefix of what the library says about itself; a service's own metrics may not take it.</summary>
    public const string ReservedPrefix = "colink_";

    private static readonly HashSet<string> FamilyNames = [.. All.Select(metric => MetricUnits.FamilyName(metric.Name))];

    /// <summary>Whether a service's own metric would take a name of the platform's.</summary>
    public static bool Reserves(string name) =>
        name.StartsWith(ReservedPrefix, StringComparison.Ordinal) || FamilyNames.Contains(MetricUnits.FamilyName(name));
}
