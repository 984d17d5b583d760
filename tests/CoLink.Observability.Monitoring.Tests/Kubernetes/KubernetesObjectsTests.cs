using System.Text.RegularExpressions;
using CoLink.Observability.Monitoring.Kubernetes;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Tests.Support;
using CoLink.Observability.Monitoring.Tests.Text;
using YamlDotNet.RepresentationModel;

namespace CoLink.Observability.Monitoring.Tests.Kubernetes;

/// <summary>The API drops a key that it does not know without a word, so only what is listed here may be said.</summary>
public sealed partial class KubernetesObjectsTests
{
    private static readonly Dictionary<string, (string Version, string[] Keys)> Kinds = new()
    {
        ["ServiceMonitor"] = ("monitoring.coreos.com/v1",
        [
            "spec.selector.matchLabels.*", "spec.namespaceSelector.any", "spec.sampleLimit", "spec.endpoints.targetPort", "spec.endpoints.path", "spec.endpoints.interval",
            "spec.endpoints.scrapeTimeout", "spec.endpoints.honorLabels", "spec.endpoints.honorTimestamps", "spec.endpoints.relabelings.targetLabel", "spec.endpoints.relabelings.replacement",
            "spec.endpoints.scheme", "spec.endpoints.authorization.credentials.name", "spec.endpoints.authorization.credentials.key",
            "spec.endpoints.tlsConfig.ca.secret.name", "spec.endpoints.tlsConfig.ca.secret.key", "spec.endpoints.tlsConfig.serverName",
        ]),
        ["PodMonitor"] = ("monitoring.coreos.com/v1",
        [
            "spec.selector.matchLabels.*", "spec.namespaceSelector.any", "spec.sampleLimit", "spec.podMetricsEndpoints.portNumber", "spec.podMetricsEndpoints.path",
            "spec.podMetricsEndpoints.interval", "spec.podMetricsEndpoints.relabelings.targetLabel", "spec.podMetricsEndpoints.relabelings.replacement",
        ]),
        ["PrometheusRule"] = ("monitoring.coreos.com/v1",
        [
            "spec.groups.name", "spec.groups.interval", "spec.groups.rules.record", "spec.groups.rules.alert", "spec.groups.rules.expr", "spec.groups.rules.for",
            "spec.groups.rules.keep_firing_for", "spec.groups.rules.labels.*", "spec.groups.rules.annotations.*",
        ]),
        ["NetworkPolicy"] = ("networking.k8s.io/v1",
        [
            "spec.podSelector.matchLabels.*", "spec.policyTypes", "spec.ingress.from.namespaceSelector.matchLabels.*", "spec.ingress.ports.protocol", "spec.ingress.ports.port",
        ]),
        ["Service"] = ("v1",
            ["spec.clusterIP", "spec.publishNotReadyAddresses", "spec.selector.*", "spec.ports.name", "spec.ports.protocol", "spec.ports.port"]),
        ["ConfigMap"] = ("v1", ["metadata.annotations.*", "data.*"]),
    };

    private static readonly string[] Common = ["apiVersion", "kind", "metadata.name", "metadata.namespace", "metadata.labels.*"];

    private static IEnumerable<YamlNode> Objects => KubernetesObjects.Render(Committed.Context, [new RenderedFile("grafana-dashboards/a.json", "{}\n")])
        .SelectMany(file => YamlTests.Documents(file.Content));

    [Fact]
    public void Nothing_unknown_is_said() => Assert.All(Objects, item =>
    {
        var (version, keys) = Kinds[item["kind"].ToString()];
        Assert.Equal(version, item["apiVersion"].ToString());
        Assert.Empty(Keys(item, "").Except([.. Common, .. keys], new Pattern()));
    });

    [Fact]
    public void Every_name_is_a_host_name() => Assert.All(Objects, item => Assert.Matches(Name(), item["metadata"]["name"].ToString()));

    [Fact]
    public void No_two_objects_are_one() =>
        Assert.Equal(Objects.Count(), Objects.Select(item => $"{item["kind"]}/{item["metadata"]["namespace"]}/{item["metadata"]["name"]}").Distinct().Count());

    /// <summary>Loki's chart has three Services before its pods, Tempo's two: a ServiceMonitor would make a target of each.</summary>
    [Theory]
    [InlineData("loki")]
    [InlineData("tempo")]
    public void A_pod_behind_several_services_is_scraped_once(string job) =>
        Assert.Equal(["PodMonitor"], Objects.Where(item => item["metadata"]["name"].ToString() == job).Select(item => item["kind"].ToString()));

    [Fact]
    public void A_dashboard_beyond_a_mebibyte_is_refused() => Assert.Throws<InvalidOperationException>(() =>
        KubernetesObjects.Render(Committed.Context, [new RenderedFile("grafana-dashboards/a.json", new string('x', 1024 * 1024))]));

    private static IEnumerable<string> Keys(YamlNode node, string path) => node switch
    {
        YamlMappingNode map => map.SelectMany(pair => Keys(pair.Value, path.Length == 0 ? pair.Key.ToString() : $"{path}.{pair.Key}")),
        YamlSequenceNode list => list.SelectMany(item => Keys(item, path)),
        _ => [path],
    };

    /// <summary>A star stands for any key.</summary>
    private sealed class Pattern : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => Fits(x!, y!) || Fits(y!, x!);

        public int GetHashCode(string obj) => 0;

        private static bool Fits(string pattern, string key) => pattern == key || (pattern.EndsWith(".*", StringComparison.Ordinal) && key.StartsWith(pattern[..^1], StringComparison.Ordinal));
    }

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
    private static partial Regex Name();
}
