using System.Text;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Scrapes;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Kubernetes;

/// <summary>The objects that the cluster's operators read. Whoever applies them needs no more than kubectl.</summary>
internal static class KubernetesObjects
{
    public const string Folder = "kubernetes/";

    /// <summary>What the API refuses.</summary>
    private const int MostBytes = 1024 * 1024;

    /// <summary>Where the monitoring itself runs.</summary>
    private const string MonitoringNamespace = "monitoring";

    private const string Operator = "monitoring.coreos.com/v1";

    /// <param name="dashboards">The files under <c>grafana-dashboards/</c>.</param>
    public static IReadOnlyList<RenderedFile> Render(RuleContext context, IReadOnlyList<RenderedFile> dashboards)
    {
        var platform = context.Platform;
        List<RenderedFile> files =
        [
            File("service-monitors.yaml", "", [.. platform.Services.Select(service => Monitor(service, platform))]),
            File("exporter-monitors.yaml", "", [.. OwnMonitor(platform).Select(exporter => Monitor(exporter, platform))]),
            Rules(context),
            File("network-policies.yaml", "A pod that a policy selects is closed on every port that none names: a service that listens on further ports needs a policy of its own for them.", [.. platform.Services.Select(service => Policy(service, platform))]),
            File("headless-services.yaml", "For a Prometheus without the operator, which finds the replicas by these names.",
                [.. platform.Services.Select(service => Headless(service, platform))]),
        ];
        if (dashboards.Count > 0)
            files.Add(File("dashboards.yaml", "Too large for the annotation of a client-side apply: kubectl apply --server-side -f kubernetes/dashboards.yaml",
                [.. dashboards.Select(Dashboard)]));
        return files;
    }

    private static RenderedFile Rules(RuleContext context)
    {
        var objects = RuleObjects.Of(context);
        var note = objects.Count == 1 ? "" : $"In parts, since one object of all would be too large. Of fewer services there may be fewer parts: delete what is no longer here, or its rules count twice.";
        return File("prometheus-rule.yaml", note, [.. objects.Select(rules => Object(Operator, "PrometheusRule", rules.Name, MonitoringNamespace, new Map { { "groups", rules.Groups } }))]);
    }

    private static RenderedFile File(string name, string note, params IReadOnlyList<Map> objects) =>
        new(Folder + name, Yaml.Write(note.Length == 0 ? Headers.Rendered : $"{note}\n{Headers.Rendered}", objects));

    /// <summary>Those whose charts bring none, or none under this job.</summary>
    private static IEnumerable<Exporter> OwnMonitor(Platform platform) => AllExporters.Watched(platform)
        .Except([PrometheusItself.Instance, Backends.Alertmanager, NodeExporter.Instance]);

    private static Map Object(string version, string kind, string name, string space, object spec) => new()
    {
        { "apiVersion", version },
        { "kind", kind },
        { "metadata", new Map { { "name", name }, { "namespace", space }, { "labels", PartOf } } },
        { "spec", spec },
    };

    /// <summary>Without the label of the app, so that no ServiceMonitor takes a headless Service for a second job.</summary>
    private static Map PartOf => new() { { "app.kubernetes.io/part-of", "colink" } };

    private static Map Monitor(Service service, Platform platform)
    {
        var endpoint = new Map
        {
            { "targetPort", service.Scrape.Port },
            { "path", "/metrics" },
            { "interval", Duration.Format(platform.Scraping.Interval) },
            { "scrapeTimeout", Duration.Format(platform.Scraping.Timeout) },
            { "honorLabels", true, "The operator's own label `endpoint`, the port, would rename that of the services." },
            { "honorTimestamps", false },
            { "relabelings", Relabelings(platform, null) },
        };
        endpoint.With("scheme", service.Scrape.Tls ? "https" : null);
        // The operator refuses files of its own pod: the token and the authority come from a Secret in the service's namespace.
        endpoint.With("authorization", service.Scrape.BearerTokenFile.Length == 0 ? null : new Map { { "credentials", Key(service, "token") } });
        endpoint.With("tlsConfig", Tls(service));
        return Object(Operator, "ServiceMonitor", service.Name, platform.Namespace, new Map
        {
            { "selector", new Map { { "matchLabels", new Map { { Names.AppLabel, service.Name } } } }, "No jobLabel: the job is the Service's name." },
            { "sampleLimit", platform.Scraping.SampleLimit },
            { "endpoints", new[] { endpoint } },
        });
    }

    private static Map? Tls(Service service) => !service.Scrape.Tls || service.Scrape.CaFile.Length + service.Scrape.ServerName.Length == 0 ? null : new Map()
        .With("ca", service.Scrape.CaFile.Length == 0 ? null : new Map { { "secret", Key(service, "ca.crt") } })
        .With("serverName", service.Scrape.ServerName.Length == 0 ? null : service.Scrape.ServerName);

    private static Map Key(Service service, string key) => new() { { "name", $"{service.Name}-metrics" }, { "key", key } };

    /// <summary>Those whose charts put several Services before one pod, a headless one and that of the members: each would scrape it again.</summary>
    private static readonly Exporter[] BehindSeveralServices = [Backends.Loki, Backends.Tempo];

    private static Map Monitor(Exporter exporter, Platform platform)
    {
        var byPod = BehindSeveralServices.Contains(exporter);
        var endpoint = new Map
        {
            { byPod ? "portNumber" : "targetPort", exporter.Port },
            { "path", "/metrics" },
            { "interval", Duration.Format(platform.Scraping.Interval) },
            { "relabelings", Relabelings(platform, exporter.Job) },
        };
        return Object(Operator, byPod ? "PodMonitor" : "ServiceMonitor", exporter.Job, MonitoringNamespace, new Map
        {
            { "selector", new Map { { "matchLabels", new Map { { "app.kubernetes.io/name", exporter.Job } } } } },
            { "namespaceSelector", new Map { { "any", true } } },
            { "sampleLimit", platform.Scraping.SampleLimit },
            { byPod ? "podMetricsEndpoints" : "endpoints", new[] { endpoint } },
        });
    }

    private static List<Map> Relabelings(Platform platform, string? job)
    {
        List<Map> relabelings = [new() { { "targetLabel", "cluster" }, { "replacement", platform.Cluster } }];
        if (job is not null)
            relabelings.Add(new() { { "targetLabel", "job" }, { "replacement", job } });
        return relabelings;
    }

    /// <summary>The application's own port stays open to whom it was; a port of its own for scrapes is for the monitoring alone.</summary>
    private static Map Policy(Service service, Platform platform)
    {
        var scrape = new Map
        {
            { "from", new[] { new Map { { "namespaceSelector", new Map { { "matchLabels", new Map { { "kubernetes.io/metadata.name", MonitoringNamespace } } } } } } } },
            { "ports", new[] { Port(service.Scrape.Port) } },
        };
        var own = new Map { { "ports", new[] { Port(service.Port) } } };
        return Object("networking.k8s.io/v1", "NetworkPolicy", $"{service.Name}-metrics", platform.Namespace, new Map
        {
            { "podSelector", new Map { { "matchLabels", new Map { { Names.AppLabel, service.Name } } } } },
            { "policyTypes", Map.List("Ingress") },
            { "ingress", service.Scrape.Port == service.Port ? new[] { own } : [scrape, own] },
        });
    }

    private static Map Port(int port) => new() { { "protocol", "TCP" }, { "port", port } };

    private static Map Headless(Service service, Platform platform) => Object("v1", "Service", Names.Headless(service.Name), platform.Namespace, new Map
    {
        { "clusterIP", "None" },
        { "publishNotReadyAddresses", true, "A replica that is not ready is one to look at." },
        { "selector", new Map { { Names.AppLabel, service.Name } } },
        { "ports", new[] { new Map { { "name", "metrics" }, { "protocol", "TCP" }, { "port", service.Scrape.Port } } } },
    });

    private static Map Dashboard(RenderedFile file)
    {
        var name = Path.GetFileName(file.Path);
        if (Encoding.UTF8.GetByteCount(file.Content) >= MostBytes)
            throw new InvalidOperationException($"{file.Path} is too large for a ConfigMap, which holds less than 1 MiB.");
        return new Map
        {
            { "apiVersion", "v1" },
            { "kind", "ConfigMap" },
            { "metadata", new Map
            {
                { "name", $"colink-dashboard-{Path.GetFileNameWithoutExtension(name)}" },
                { "namespace", MonitoringNamespace },
                { "labels", new Map { { "app.kubernetes.io/part-of", "colink" }, { "grafana_dashboard", "1" } } },
                { "annotations", new Map { { "grafana_folder", "CoLink" } } },
            } },
            { "data", new Map { { name, file.Content } } },
        };
    }
}
