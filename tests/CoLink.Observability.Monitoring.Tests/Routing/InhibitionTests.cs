using System.Text.RegularExpressions;
using CoLink.Observability.Monitoring.Alerts;
using CoLink.Observability.Monitoring.Routing;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Routing;

/// <summary>As Alertmanager evaluates them: a label that an alert lacks is empty, and empty is equal to empty.</summary>
public sealed partial class InhibitionTests
{
    private static readonly IReadOnlyList<Inhibition> All = Inhibitions.Of(Committed.Platform);

    private static readonly string[] Systems = ["postgresql", "mongodb"];

    /// <summary>One of each alert, of each service where it takes its service from its series.</summary>
    private static readonly IReadOnlyList<Dictionary<string, string>> Alerts = [.. AlertCatalogue.All(Committed.Context).SelectMany(Instances)];

    [Fact]
    public void No_source_is_its_own_target() => Assert.All(All, inhibition =>
        Assert.DoesNotContain(Alerts, alert => Matches(inhibition.Source, alert) && Matches(inhibition.Target, alert)));

    [Fact]
    public void Each_has_a_source_and_a_target() => Assert.All(All, inhibition =>
    {
        Assert.Contains(Alerts, alert => Matches(inhibition.Source, alert));
        Assert.Contains(Alerts, alert => Matches(inhibition.Target, alert));
    });

    [Fact]
    public void No_source_lacks_a_label_that_must_be_equal() => Assert.All(
        All.Where(inhibition => !inhibition.Equal.Contains("alertname")),
        inhibition => Assert.All(Alerts.Where(alert => Matches(inhibition.Source, alert)), alert => Assert.All(inhibition.Equal, label => Assert.Contains(label, alert.Keys))));

    [Fact]
    public void No_target_that_is_named_lacks_one_either() => Assert.All(
        All.Where(inhibition => inhibition.Target.Any(matcher => matcher.StartsWith("alertname=", StringComparison.Ordinal))),
        inhibition => Assert.All(Alerts.Where(alert => Matches(inhibition.Target, alert)), alert => Assert.All(inhibition.Equal, label => Assert.Contains(label, alert.Keys))));

    [Theory]
    [InlineData("CoLinkServiceDown", "users-service", "CoLinkHighErrorRate", "users-service", true)]
    [InlineData("CoLinkServiceDown", "users-service", "CoLinkHighErrorRate", "files-service", false)]
    [InlineData("CoLinkServiceDown", "users-service", "CoLinkErrorBudgetBurn", "users-service", true)]
    [InlineData("CoLinkServiceDown", "users-service", "CoLinkServiceAbsent", "users-service", false)]
    [InlineData("CoLinkServiceAbsent", "users-service", "Watchdog", "monitoring", false)]
    [InlineData("CoLinkHighErrorRate", "users-service", "CoLinkEndpointHighErrorRate", "users-service", true)]
    [InlineData("CoLinkHighErrorRate", "users-service", "CoLinkEndpointHighErrorRate", "files-service", false)]
    [InlineData("CoLinkPostgresDown", "postgresql", "CoLinkHighErrorRate", "users-service", true)]
    [InlineData("CoLinkPostgresDown", "postgresql", "CoLinkHighErrorRate", "presence-service", false)]
    [InlineData("CoLinkPostgresDown", "postgresql", "CoLinkRedisDown", "redis", false)]
    [InlineData("CoLinkRedisDown", "redis", "CoLinkCacheHitRatioLow", "users-service", true)]
    [InlineData("CoLinkKafkaBrokersMissing", "kafka", "CoLinkHighErrorRate", "search-service", false)]
    [InlineData("CoLinkStoreUnseen", "postgresql", "CoLinkExporterDown", "monitoring", true)]
    [InlineData("CoLinkStoreUnseen", "postgresql", "CoLinkExporterAbsent", "postgres-exporter", true)]
    [InlineData("CoLinkStoreUnseen", "postgresql", "CoLinkExporterAbsent", "redis-exporter", false)]
    [InlineData("CoLinkStoreUnseen", "postgresql", "CoLinkDbConnectionErrors", "users-service", false)]
    [InlineData("CoLinkStoreUnseen", "postgresql", "CoLinkHighErrorRate", "users-service", false)]
    [InlineData("CoLinkNodeNotReady", "node", "CoLinkPodNotReady", "users-service", true)]
    [InlineData("CoLinkNodeNotReady", "node", "CoLinkServiceDown", "users-service", false)]
    [InlineData("InfoInhibitor", "users-service", "CoLinkCacheHitRatioLow", "users-service", true)]
    [InlineData("InfoInhibitor", "users-service", "CoLinkCacheHitRatioLow", "files-service", false)]
    public void One_fault_is_one_page(string source, string of, string target, string service, bool muted)
    {
        var loud = Alerts.First(alert => alert["alertname"] == source && alert["service"] == of);
        var quiet = Alerts.First(alert => alert["alertname"] == target && alert["service"] == service);

        Assert.Equal(muted, All.Any(inhibition => Mutes(inhibition, loud, quiet)));
    }

    [Theory]
    [InlineData("none", "CoLinkKafkaConsumerStuck", true)]
    [InlineData("some", "CoLinkKafkaConsumerStuck", false)]
    [InlineData("some", "CoLinkKafkaNoConsumers", false)]
    [InlineData("some", "CoLinkKafkaUnderReplicated", true)]
    public void One_broker_less_excuses_no_consumer(string brokers, string target, bool muted)
    {
        var loud = Alerts.First(alert => alert["alertname"] == "CoLinkKafkaBrokersMissing" && alert["brokers"] == brokers);

        Assert.Equal(muted, All.Any(inhibition => Mutes(inhibition, loud, Alerts.First(alert => alert["alertname"] == target))));
    }

    [Theory]
    [InlineData("CoLinkPostgresDown", "postgresql", true)]
    [InlineData("CoLinkPostgresDown", "mongodb", false)]
    [InlineData("CoLinkRedisDown", "postgresql", false)]
    public void A_store_excuses_no_other(string source, string system, bool muted)
    {
        var loud = Alerts.First(alert => alert["alertname"] == source);
        var quiet = Alerts.First(alert => alert["alertname"] == "CoLinkDbPoolExhausted" && alert["service"] == "users-service" && alert["system"] == system);

        Assert.Equal(muted, All.Any(inhibition => Mutes(inhibition, loud, quiet)));
    }

    [Fact]
    public void Failing_requests_leave_the_budgets_of_latency_alone()
    {
        var loud = Alerts.First(alert => alert["alertname"] == "CoLinkHighErrorRate");
        Dictionary<string, string> Burn(string slo) => new(loud) { ["alertname"] = "CoLinkErrorBudgetBurn", ["slo"] = slo };

        Assert.Contains(All, inhibition => Mutes(inhibition, loud, Burn("availability")));
        Assert.DoesNotContain(All, inhibition => Mutes(inhibition, loud, Burn("latency_p95")));
    }

    private static IEnumerable<Dictionary<string, string>> Instances(Alert alert)
    {
        string[] services = alert.Service.Contains("{{", StringComparison.Ordinal) ? [.. Committed.Platform.Services.Select(service => service.Name)] : [alert.Service];
        foreach (var service in services)
        {
            // The cluster is on every alert that leaves the server, as an external label.
            var labels = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["alertname"] = alert.Name,
                ["severity"] = RuleFile.SeverityText(alert.Severity),
                ["service"] = service,
                ["cluster"] = Committed.Platform.Cluster,
            };
            if (alert.Expr.Contains("namespace", StringComparison.Ordinal) || alert.Expr.Contains("job:", StringComparison.Ordinal) || alert.Expr.Contains("slo:", StringComparison.Ordinal))
                labels["namespace"] = Committed.Platform.Namespace;
            if (alert.Expr.Contains("slo", StringComparison.Ordinal))
                labels["slo"] = "availability";
            if (Job().Match(alert.Expr) is { Success: true } job)
                labels["job"] = job.Groups[1].Value;
            if (alert.Expr.Contains("node)", StringComparison.Ordinal))
                labels["node"] = "node-1";
            foreach (var (name, value) in alert.Labels)
                labels[name] = value;
            if (!alert.Name.StartsWith("CoLinkDb", StringComparison.Ordinal))
                yield return labels;
            else
                foreach (var system in Systems)
                    yield return new(labels) { ["system"] = system };
        }
    }

    private static bool Mutes(Inhibition inhibition, Dictionary<string, string> source, Dictionary<string, string> target) =>
        Matches(inhibition.Source, source) && Matches(inhibition.Target, target)
        && inhibition.Equal.All(label => source.GetValueOrDefault(label, "") == target.GetValueOrDefault(label, ""));

    private static bool Matches(IEnumerable<string> matchers, Dictionary<string, string> alert) => matchers.All(matcher =>
    {
        var parts = Matcher().Match(matcher);
        Assert.True(parts.Success, matcher);
        var (value, found) = (parts.Groups[3].Value, alert.GetValueOrDefault(parts.Groups[1].Value, ""));
        return parts.Groups[2].Value switch
        {
            "=" => found == value,
            "!=" => found != value,
            "=~" => Regex.IsMatch(found, $"^(?:{value})$"),
            _ => !Regex.IsMatch(found, $"^(?:{value})$"),
        };
    });

    /// <summary>Of those that an expression names the first.</summary>
    [GeneratedRegex("job=~?\"([a-z-]+)")]
    private static partial Regex Job();

    [GeneratedRegex("^([a-z]+)(=~|!~|!=|=)\"(.*)\"$")]
    private static partial Regex Matcher();
}
