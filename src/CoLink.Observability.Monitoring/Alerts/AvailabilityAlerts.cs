using CoLink.Observability.Monitoring.Dashboards;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Rules;
using static CoLink.Observability.Monitoring.Exporters.ClusterExporters;

namespace CoLink.Observability.Monitoring.Alerts;

/// <summary>Whether the services are there at all.</summary>
internal static class AvailabilityAlerts
{
    private const string By = RuleContext.By;
    private const string ByPod = "cluster, namespace, pod";

    /// <summary>Requests a second below which a service is quiet anyway.</summary>
    private const string Quiet = "0.1";

    public static IEnumerable<Alert> Of(RuleContext context)
    {
        var time = context.Time;
        var everyReplicaDown = $$"""sum by ({{By}}) ({{Scraped.Up}}{{{context.Jobs}}}) == 0""";
        yield return new Alert("CoLinkServiceDown", Severity.Critical, everyReplicaDown)
        {
            For = "1m",
            Summary = "{{ $labels.job }} is down",
            Description = "No replica of {{ $labels.job }} in {{ $labels.namespace }} answers Prometheus.",
            Threshold = "no replica answers",
            Dashboard = DashboardId.Overview,
        };

        // A target that discovery no longer names has no `up` that could be 0. A pattern over all services would stay silent while one is there.
        foreach (var service in context.Services)
            yield return new Alert("CoLinkServiceAbsent", Severity.Critical, $$"""absent({{Scraped.Up}}{cluster="{{context.Platform.Cluster}}",namespace="{{context.Platform.Namespace}}",job="{{service.Name}}"})""")
            {
                For = "5m",
                Form = service.Name,
                Service = service.Name,
                Summary = "{{ $labels.job }} has vanished",
                Description = "Prometheus finds no target of {{ $labels.job }} in {{ $labels.namespace }}: it is not deployed, or discovery does not see it.",
                Threshold = "no target is found",
                Dashboard = DashboardId.Overview,
            };

        yield return new Alert("CoLinkServiceInstanceDown", Severity.Warning, $$"""
            {{Scraped.Up}}{{{context.Jobs}}} == 0
            unless on ({{By}}) ({{everyReplicaDown}})
            """)
        {
            For = "5m",
            Summary = "{{ $labels.instance }} of {{ $labels.job }} is down",
            Description = "The replica {{ $labels.instance }} of {{ $labels.job }} does not answer Prometheus, while others do.",
            Threshold = "one replica of several does not answer",
            Dashboard = DashboardId.Overview,
        };

        // Not changes(process_start_time_seconds): a replaced pod is a new series and never changes. Rounded, since increase() extrapolates
        // to the ends of its range: of three restarts it would make a little more than three. The cluster waits longer before each new
        // attempt, in the end five minutes: what loops on then restarts three times in a quarter of an hour, and is found waiting.
        string Restarted(string range) => $$"""round(sum by (cluster, namespace, pod, container) (increase({{Restarts}}{namespace="{{context.Platform.Namespace}}"}[{{time[range]}}]))) > 3""";
        yield return new Alert("CoLinkPodCrashLooping", Severity.Critical, $$"""
            {{Restarted("15m")}}
            or (
              {{Restarted("1h")}}
              and on (cluster, namespace, pod, container) max by (cluster, namespace, pod, container) (max_over_time({{Waiting}}{namespace="{{context.Platform.Namespace}}",reason="CrashLoopBackOff"}[{{time["10m"]}}])) == 1
            )
            """)
        {
            Service = "{{ $labels.container }}",
            Summary = "{{ $labels.pod }} restarts again and again",
            Description = "{{ $labels.container }} of {{ $labels.pod }} restarted " + Alert.Count + " times within 15 minutes, or within an hour and waits for the next attempt.",
            Threshold = "more than 3 restarts within 15 minutes, or within an hour while the cluster holds the container back",
            Dashboard = DashboardId.Overview,
        };

        // What is done, or has failed and was replaced, lies about until somebody deletes it.
        var notReady = $$"""
            (
              max by ({{ByPod}}) ({{PodReady}}{namespace="{{context.Platform.Namespace}}",condition="true"}) == 0
              and on ({{ByPod}}) max by ({{ByPod}}) ({{PodPhase}}{namespace="{{context.Platform.Namespace}}",phase=~"Pending|Running|Unknown"}) == 1
            )
            """;
        // With its node, whose own alert keeps it silent; a pod that no node took, and one of which nobody says where it is, are told as well.
        yield return new Alert("CoLinkPodNotReady", Severity.Warning, $$"""
            {{notReady}}
            * on ({{ByPod}}) group_left (node) max by ({{ByPod}}, node) ({{PodInfo}}{namespace="{{context.Platform.Namespace}}"})
            or on ({{ByPod}}) {{notReady}}
            """)
        {
            For = "15m",
            Service = "{{ $labels.pod }}",
            Summary = "{{ $labels.pod }} is not ready",
            Description = "{{ $labels.pod }} should run and has not been ready for 15 minutes.",
            Threshold = "not ready for 15 minutes",
            Dashboard = DashboardId.Overview,
        };

        yield return new Alert("CoLinkReplicasMismatch", Severity.Warning, $$"""
            max by (cluster, namespace, deployment) ({{ReplicasWanted}}{namespace="{{context.Platform.Namespace}}"})
            > max by (cluster, namespace, deployment) ({{ReplicasAvailable}}{namespace="{{context.Platform.Namespace}}"})
            """)
        {
            For = "15m",
            Service = "{{ $labels.deployment }}",
            Summary = "{{ $labels.deployment }} has fewer replicas than it wants",
            Description = "{{ $labels.deployment }} wants {{ $value }} replicas and has had fewer for 15 minutes.",
            Threshold = "fewer replicas available than wanted for 15 minutes",
            Dashboard = DashboardId.Overview,
        };

        // Without requests there are no failures and no durations: a dead ingress is silent everywhere else.
        yield return new Alert("CoLinkNoTraffic", Severity.Warning, $$"""
            {{Recorded.Requests("5m")}} == 0
            and on ({{By}}) max_over_time({{Recorded.Requests("5m")}}[{{time["6h"]}}]) > {{Quiet}}
            unless on ({{By}}) (
              {{Recorded.Requests("5m")}} offset {{time[Ranges.Week]}} < {{Quiet}}
              or on ({{By}}) ({{Recorded.Requests("5m")}} offset {{time["1d"]}} < {{Quiet}} unless on ({{By}}) {{Recorded.Requests("5m")}} offset {{time[Ranges.Week]}})
            )
            """)
        {
            For = "10m",
            Summary = "{{ $labels.job }} gets no requests",
            Description = "{{ $labels.job }} has had no request for 15 minutes; it had within six hours, and it was not quiet at this time a week ago, or yesterday where it is younger.",
            Threshold = $"no request, while within six hours there were more than {Quiet} a second",
            Dashboard = DashboardId.Overview,
        };
    }
}
