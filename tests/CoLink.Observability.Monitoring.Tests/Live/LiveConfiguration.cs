using System.Globalization;
using CoLink.Observability.Monitoring.Rendering;
using YamlDotNet.RepresentationModel;

namespace CoLink.Observability.Monitoring.Tests.Live;

/// <summary>Where a job is found in a test, and at which path.</summary>
/// <param name="Interval">How often it is asked and how long it may take, where a second is too short.</param>
internal sealed record LiveTarget(string Target, string Path = "/metrics", string? Interval = null);

/// <summary>
/// The rendered files in a folder of their own. Two things alone differ from what is committed: targets are addresses on the loopback in
/// place of names in a cluster's DNS, and each receiver is told by a webhook.
/// </summary>
internal static class LiveConfiguration
{
    public const string Prometheus = "prometheus.yml";
    public const string Alertmanager = "alertmanager.yml";

    /// <param name="targets">By job. A job that the rendered file does not have is added, as discovery in Kubernetes would.</param>
    /// <param name="alertmanager">Host and port; null for none.</param>
    /// <param name="operators">Labels that the Prometheus operator sets on a target.</param>
    public static string Write(
        string folder, IReadOnlyList<RenderedFile> files, IReadOnlyDictionary<string, LiveTarget> targets, string? alertmanager = null, Func<string, IEnumerable<(string Name, string Value)>>? operators = null)
    {
        RenderedDirectory.Write(folder, files);
        var path = Path.Combine(folder, Prometheus);
        var root = Read(path);
        var jobs = (YamlSequenceNode)root["scrape_configs"];
        foreach (var job in targets.Keys.Where(name => jobs.All(job => job["job_name"].ToString() != name)))
            jobs.Add(new YamlMappingNode { { "job_name", job }, { "honor_labels", "true" } });
        foreach (var job in jobs.Cast<YamlMappingNode>().ToArray())
        {
            var name = job["job_name"].ToString();
            if (targets.TryGetValue(name, out var target))
                Point(job, target, operators?.Invoke(name) ?? []);
            else
                jobs.Children.Remove(job);
        }

        Point(root, alertmanager);
        Write(path, root);
        return path;
    }

    /// <summary>Replaces what tells people by what tells the test, under the receiver's own name.</summary>
    public static string WithWebhooks(string folder, Func<string, string> urlOf)
    {
        var path = Path.Combine(folder, Alertmanager);
        var root = Read(path);
        foreach (var receiver in ((YamlSequenceNode)root["receivers"]).Cast<YamlMappingNode>())
        {
            var integrations = receiver.Children.Keys.Where(key => key.ToString().EndsWith("_configs", StringComparison.Ordinal)).ToArray();
            foreach (var integration in integrations)
                receiver.Children.Remove(integration);
            if (integrations.Length > 0)
                receiver.Add("webhook_configs", new YamlSequenceNode(new YamlMappingNode { { "url", urlOf(receiver["name"].ToString()) }, { "send_resolved", "true" } }));
        }

        Write(path, root);
        return path;
    }

    private static void Point(YamlMappingNode job, LiveTarget target, IEnumerable<(string Name, string Value)> operators)
    {
        foreach (var discovery in job.Children.Keys.Where(key => key.ToString().EndsWith("_sd_configs", StringComparison.Ordinal)).ToArray())
            job.Children.Remove(discovery);
        var labels = new YamlMappingNode();
        if (job.Children.TryGetValue("static_configs", out var rendered) && ((YamlMappingNode)rendered[0]).Children.TryGetValue("labels", out var kept))
            labels = (YamlMappingNode)kept;
        foreach (var (name, value) in operators)
            labels.Children[name] = value;
        if (!labels.Children.ContainsKey("cluster") && !job.Children.ContainsKey("relabel_configs"))
            labels.Add("cluster", "colink");
        if (operators.Any())
            job.Children["honor_labels"] = "true";
        job.Children["static_configs"] = new YamlSequenceNode(new YamlMappingNode { { "targets", new YamlSequenceNode(target.Target) }, { "labels", labels } });
        job.Children["metrics_path"] = target.Path;
        if (target.Interval is not null)
            (job.Children["scrape_interval"], job.Children["scrape_timeout"]) = (target.Interval, target.Interval);
    }

    private static void Point(YamlMappingNode root, string? alertmanager)
    {
        root.Children.Remove("alerting");
        if (alertmanager is not null)
            root.Add("alerting", new YamlMappingNode
            {
                { "alertmanagers", new YamlSequenceNode(new YamlMappingNode { { "static_configs", new YamlSequenceNode(new YamlMappingNode { { "targets", new YamlSequenceNode(alertmanager) } }) } }) },
            });
    }

    private static YamlMappingNode Read(string path)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(path)));
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    private static void Write(string path, YamlMappingNode root)
    {
        var writer = new StringWriter(CultureInfo.InvariantCulture);
        new YamlStream(new YamlDocument(root)).Save(writer, assignAnchors: false);
        File.WriteAllText(path, writer.ToString());
    }
}
