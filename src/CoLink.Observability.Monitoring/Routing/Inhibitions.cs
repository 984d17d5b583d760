using System.Text.RegularExpressions;
using CoLink.Observability.Monitoring.Alerts;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.PromQl;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Routing;

/// <summary>While an alert of the source fires, those of the target are told to nobody where the labels are equal.</summary>
internal sealed record Inhibition(string Reason, IReadOnlyList<string> Source, IReadOnlyList<string> Target, IReadOnlyList<string> Equal)
{
    public bool HasSource(IReadOnlyDictionary<string, string> labels) => Source.All(matcher => Matches(matcher, labels));

    public bool HasTarget(IReadOnlyDictionary<string, string> labels) => Target.All(matcher => Matches(matcher, labels));

    public Map ToMap() => new()
    {
        { "source_matchers", Source, Reason },
        { "target_matchers", Target },
        { "equal", Equal },
    };

    /// <summary>A matcher as Alertmanager has it: a label that is not there is empty, and a pattern means the whole value.</summary>
    private static bool Matches(string matcher, IReadOnlyDictionary<string, string> labels)
    {
        var selector = QueryReader.Read($"{{{matcher}}}").Selectors[0].Matchers[0];
        var value = labels.GetValueOrDefault(selector.Label, "");
        return selector.Operator switch
        {
            "=" => value == selector.Value,
            "!=" => value != selector.Value,
            "=~" => Regex.IsMatch(value, $"^(?:{selector.Value})$"),
            _ => !Regex.IsMatch(value, $"^(?:{selector.Value})$"),
        };
    }
}

/// <summary>
/// One fault, one page. A label that both sides lack counts as equal, so one that a source may lack would mute the world; and no source
/// is its own target.
/// </summary>
internal static class Inhibitions
{
    private static readonly string[] SameService = ["cluster", "namespace", "service"];
    private static readonly string[] SameCluster = ["cluster"];
    private static readonly string[] SameExporter = ["cluster", "job"];
    private static readonly string[] SameNode = ["cluster", "node"];

    public static IReadOnlyList<Inhibition> Of(Platform platform) =>
    [
        new("A service that is gone is one fault.",
            ["alertname=~\"CoLinkServiceDown|CoLinkServiceAbsent\""],
            ["alertname!~\"CoLinkServiceDown|CoLinkServiceAbsent|Watchdog\""], SameService),
        new("The louder of two forms of one alert.",
            ["severity=\"critical\""], ["severity=~\"warning|info\""], ["alertname", .. SameService, "slo"]),
        .. Store("CoLinkPostgresDown", Dependency.PostgreSql, platform),
        .. Store("CoLinkMongoDown", Dependency.MongoDb, platform),
        .. Store("CoLinkRedisDown", Dependency.Redis, platform),
        new("Without brokers nobody consumes.",
            ["alertname=\"CoLinkKafkaBrokersMissing\"", $"{KafkaAlerts.Brokers}=\"{KafkaAlerts.NoBrokers}\""],
            ["alertname=~\"CoLinkKafkaConsumerLagHigh|CoLinkKafkaConsumerStuck|CoLinkKafkaNoConsumers|CoLinkKafkaUnderReplicated\""], SameCluster),
        new("With fewer brokers some partitions lack a replica.",
            ["alertname=\"CoLinkKafkaBrokersMissing\""], ["alertname=\"CoLinkKafkaUnderReplicated\""], SameCluster),
        new("Failing requests are one fault, seen by endpoint.",
            ["alertname=\"CoLinkHighErrorRate\""], ["alertname=\"CoLinkEndpointHighErrorRate\""], SameService),
        new("Failing requests are one fault, seen by its budget.",
            ["alertname=\"CoLinkHighErrorRate\""], ["alertname=\"CoLinkErrorBudgetBurn\"", $"slo=\"{Objective.Availability}\""], SameService),
        new("A store that nobody sees has an exporter that is gone.",
            [$"alertname=\"{StoreAlerts.Unseen}\""], ["alertname=~\"CoLinkExporterDown|CoLinkExporterAbsent\""], SameExporter),
        new("A node that is gone takes its pods with it.",
            [$"alertname=\"{SaturationAlerts.NodeNotReady}\""], ["alertname=\"CoLinkPodNotReady\""], SameNode),
        new("Information is for those who look at a fault already.",
            ["alertname=\"InfoInhibitor\""], ["severity=\"info\""], SameService),
    ];

    /// <summary>
    /// What the services that depend on a store say while it is down. Where all requests fail the budget's alert comes before that of the
    /// error rate, which would keep it silent. What they say of another store stays loud. The store may stand in a namespace of its own.
    /// </summary>
    private static IEnumerable<Inhibition> Store(string alert, string store, Platform platform)
    {
        var services = string.Join('|', platform.DependingOn(store).Select(service => service.Name));
        if (services.Length == 0)
            yield break;
        string[] down = [$"alertname=\"{alert}\""];
        var dependent = $"service=~\"{services}\"";
        yield return store == Dependency.Redis
            ? new("A cache without its server answers nothing.", down, ["alertname=~\"CoLinkCache.+\"", dependent], SameCluster)
            : new($"Nobody connects to {store}.", down, ["alertname=~\"CoLinkDb.+\"", $"system=\"{store}\"", dependent], SameCluster);
        yield return new($"What depends on {store} fails with it.", down, ["alertname=\"CoLinkHighErrorRate\"", dependent], SameCluster);
        yield return new($"What depends on {store} spends its budget with it.", down,
            ["alertname=\"CoLinkErrorBudgetBurn\"", $"slo=\"{Objective.Availability}\"", dependent], SameCluster);
    }
}
