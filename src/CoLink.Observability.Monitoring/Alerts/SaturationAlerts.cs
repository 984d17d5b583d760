using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Dashboards;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Text;
using static CoLink.Observability.Monitoring.Exporters.ClusterExporters;
using static CoLink.Observability.Monitoring.Exporters.NodeExporter;

namespace CoLink.Observability.Monitoring.Alerts;

/// <summary>What runs out: CPU, memory, disks, threads. With Kubernetes the container's own numbers speak, without it the process'.</summary>
internal static class SaturationAlerts
{
    private const string ByContainer = "cluster, namespace, pod, container";
    private const string ByInstance = RuleContext.By + ", instance";
    private const string NodeService = "node";

    public const string NodeNotReady = "CoLinkNodeNotReady";

    public static IEnumerable<Alert> Of(RuleContext context) => [.. Containers(context), .. Processes(context), .. Nodes(context), .. Runtime(context)];

    private static IEnumerable<Alert> Containers(RuleContext context)
    {
        var (time, limits) = (context.Time, context.Limits);
        // The kubelet also reports the pod as a whole, with an empty container: it would count twice.
        var container = $"namespace=\"{context.Platform.Namespace}\",container!=\"\",container!=\"POD\"";
        var (cpu, memory) = (Number.Percent(limits.Cpu), Number.Percent(limits.Memory));

        yield return Container("CoLinkContainerCpuHigh", Severity.Warning, "15m", $$"""
            sum by ({{ByContainer}}) (rate({{ContainerCpu}}{{{container}}}[{{time["5m"]}}]))
            / on ({{ByContainer}}) max by ({{ByContainer}}) ({{Limits}}{{{container}},resource="cpu"})
            > {{Number.Format(limits.Cpu)}}
            """, "uses {{ $value | humanizePercentage }} of its CPU limit", $"more than {cpu} of the CPU limit for 15 minutes");

        // The working set is what the kernel looks at when it kills; usage includes the page cache.
        yield return Container("CoLinkContainerMemoryHigh", Severity.Critical, "5m", $$"""
            max by ({{ByContainer}}) ({{ContainerMemory}}{{{container}}})
            / on ({{ByContainer}}) max by ({{ByContainer}}) ({{Limits}}{{{container}},resource="memory"})
            > {{Number.Format(limits.Memory)}}
            """, "uses {{ $value | humanizePercentage }} of its memory limit", $"more than {memory} of the memory limit for 5 minutes");

        yield return Container("CoLinkContainerThrottled", Severity.Warning, "15m", $$"""
            sum by ({{ByContainer}}) (rate({{ThrottledPeriods}}{{{container}}}[{{time["5m"]}}]))
            / on ({{ByContainer}}) (sum by ({{ByContainer}}) (rate({{Periods}}{{{container}}}[{{time["5m"]}}])) > 0)
            > {{Number.Format(limits.Throttled)}}
            """, "was throttled in {{ $value | humanizePercentage }} of its periods", $"throttled in more than {Number.Percent(limits.Throttled)} of the periods for 15 minutes");

        // The reason stays for ever; the restart within the window is the edge.
        yield return Container("CoLinkContainerOomKilled", Severity.Warning, "0s", $$"""
            sum by ({{ByContainer}}) (increase({{Restarts}}{{{container}}}[{{time["10m"]}}])) > 0
            and on ({{ByContainer}}) max by ({{ByContainer}}) ({{LastTerminated}}{{{container}},reason="OOMKilled"}) == 1
            """, "was killed for want of memory", "a restart within 10 minutes whose reason is OOMKilled");
    }

    private static IEnumerable<Alert> Processes(RuleContext context)
    {
        var limits = context.Limits;
        // Where the cluster reports the container itself, one fault would tell twice. By the resource: many pods limit memory and not CPU.
        static string UnlessContainer(string resource) => $"unless on (cluster, namespace, pod) max by (cluster, namespace, pod) ({Limits}{{resource=\"{resource}\"}})";
        yield return Process("CoLinkContainerCpuHigh", Severity.Warning, "15m", $$"""
            (
              sum by ({{ByInstance}}, pod) (rate({{RuntimeCatalogue.CpuSeconds.Name}}{{{context.Jobs}}}[{{context.Time["5m"]}}]))
              / (sum by ({{ByInstance}}, pod) ({{RuntimeCatalogue.CpuLimit.Name}}{{{context.Jobs}}}) > 0)
              > {{Number.Format(limits.Cpu)}}
            )
            {{UnlessContainer("cpu")}}
            """, "uses {{ $value | humanizePercentage }} of the CPU it may use", $"more than {Number.Percent(limits.Cpu)} of the CPU that the process may use for 15 minutes");
        yield return Process("CoLinkContainerMemoryHigh", Severity.Critical, "5m", $$"""
            (
              sum by ({{ByInstance}}, pod) ({{RuntimeCatalogue.ResidentMemory.Name}}{{{context.Jobs}}})
              / (sum by ({{ByInstance}}, pod) ({{RuntimeCatalogue.MemoryLimit.Name}}{{{context.Jobs}}}) > 0)
              > {{Number.Format(limits.Memory)}}
            )
            {{UnlessContainer("memory")}}
            """, "uses {{ $value | humanizePercentage }} of the memory it may use", $"more than {Number.Percent(limits.Memory)} of the memory that the process may use for 5 minutes");
    }

    private static IEnumerable<Alert> Nodes(RuleContext context)
    {
        var limits = context.Limits;
        // Images and what lives in memory fill by design.
        const string Disks = "fstype!~\"tmpfs|overlay|squashfs|ramfs|iso9660\"";
        // It is not heard of, or it hears nothing: its pods move, and what stays behind on it is not what is wrong.
        yield return Node(NodeNotReady, Severity.Warning, "5m", $$"""
            max by (cluster, node) ({{NodeCondition}}{condition="Ready",status="true"}) == 0
            """, "is not ready", "not ready for 5 minutes") with
        { Summary = "{{ $labels.node }} is not ready", Description = "Kubernetes has not heard from the node {{ $labels.node }}, or it cannot run pods, for 5 minutes." };
        yield return Node("CoLinkNodeCpuHigh", Severity.Warning, "15m", $$"""
            1 - avg by (cluster, namespace, instance) (rate({{CpuSeconds}}{mode="idle"}[{{context.Time["5m"]}}])) > {{Number.Format(limits.Cpu)}}
            """, "uses {{ $value | humanizePercentage }} of its CPU", $"more than {Number.Percent(limits.Cpu)} for 15 minutes");
        yield return Node("CoLinkNodeMemoryHigh", Severity.Critical, "10m", $$"""
            1 - {{MemoryAvailable}} / {{MemoryTotal}} > {{Number.Format(limits.Memory)}}
            """, "uses {{ $value | humanizePercentage }} of its memory", $"more than {Number.Percent(limits.Memory)} for 10 minutes");
        yield return Node("CoLinkNodeDiskFilling", Severity.Warning, "1h", $$"""
            1 - {{DiskAvailable}}{{{Disks}}} / {{DiskSize}}{{{Disks}}} > {{Number.Format(limits.Disk)}}
            """, "has {{ $labels.mountpoint }} filled to {{ $value | humanizePercentage }}", $"more than {Number.Percent(limits.Disk)} for an hour");
    }

    private static IEnumerable<Alert> Runtime(RuleContext context)
    {
        var time = context.Time;
        // Queues empty within milliseconds; one that never does has too few threads, mostly since they wait for something synchronous.
        yield return Process("CoLinkDotnetThreadPoolStarvation", Severity.Warning, "10m",
            $$"""min_over_time({{RuntimeCatalogue.PoolQueue.Name}}{{{context.Jobs}}}[{{time["5m"]}}]) > 10""",
            "has {{ $value }} work items waiting for a thread", "more than 10 work items waiting, without a pause, for 15 minutes");
        yield return Process("CoLinkDotnetGcPressure", Severity.Warning, "10m",
            $$"""rate({{RuntimeCatalogue.PauseSeconds.Name}}{{{context.Jobs}}}[{{time["5m"]}}]) > 0.1""",
            "stands still for {{ $value | humanizePercentage }} of the time to collect garbage", "more than 10 % of the time paused for garbage collection for 10 minutes");
    }

    private static Alert Container(string name, Severity severity, string pause, string expr, string what, string threshold) => new(name, severity, expr)
    {
        For = pause,
        // A container is named after its service.
        Service = "{{ $labels.container }}",
        Form = "the container, in Kubernetes",
        Summary = "{{ $labels.container }} " + what,
        Description = "{{ $labels.container }} in {{ $labels.pod }} " + what + ".",
        Threshold = threshold,
        Dashboard = DashboardId.Overview,
    };

    private static Alert Process(string name, Severity severity, string pause, string expr, string what, string threshold) => new(name, severity, expr)
    {
        For = pause,
        Form = "the process",
        Summary = "{{ $labels.job }} " + what,
        Description = "{{ $labels.instance }} of {{ $labels.job }} " + what + ".",
        Threshold = threshold,
        Dashboard = DashboardId.Overview,
    };

    private static Alert Node(string name, Severity severity, string pause, string expr, string what, string threshold) => new(name, severity, expr)
    {
        For = pause,
        Service = NodeService,
        Summary = "{{ $labels.instance }} " + what,
        Description = "The node {{ $labels.instance }} " + what + ".",
        Threshold = threshold,
        Dashboard = DashboardId.Overview,
    };
}
