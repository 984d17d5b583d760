namespace CoLink.Observability.Monitoring.Exporters;

/// <summary>What Kubernetes says of the pods: cAdvisor in the kubelet, and kube-state-metrics.</summary>
internal static class ClusterExporters
{
    private static readonly string[] Container = ["namespace", "pod", "container"];

    public static readonly ExporterMetric ContainerCpu = new("container_cpu_usage_seconds_total", "counter", Container);
    public static readonly ExporterMetric ContainerMemory = new("container_memory_working_set_bytes", "gauge", Container);
    public static readonly ExporterMetric Periods = new("container_cpu_cfs_periods_total", "counter", Container);
    public static readonly ExporterMetric ThrottledPeriods = new("container_cpu_cfs_throttled_periods_total", "counter", Container);
    public static readonly ExporterMetric VolumeUsed = new("kubelet_volume_stats_used_bytes", "gauge", "namespace", "persistentvolumeclaim");
    public static readonly ExporterMetric VolumeCapacity = new("kubelet_volume_stats_capacity_bytes", "gauge", "namespace", "persistentvolumeclaim");

    public static readonly ExporterMetric Limits = new("kube_pod_container_resource_limits", "gauge", [.. Container, "resource", "unit"]);
    public static readonly ExporterMetric Restarts = new("kube_pod_container_status_restarts_total", "counter", Container);
    public static readonly ExporterMetric Waiting = new("kube_pod_container_status_waiting_reason", "gauge", [.. Container, "reason"]);
    public static readonly ExporterMetric LastTerminated = new("kube_pod_container_status_last_terminated_reason", "gauge", [.. Container, "reason"]);
    public static readonly ExporterMetric PodPhase = new("kube_pod_status_phase", "gauge", "namespace", "pod", "phase");
    public static readonly ExporterMetric PodReady = new("kube_pod_status_ready", "gauge", "namespace", "pod", "condition");
    public static readonly ExporterMetric PodInfo = new("kube_pod_info", "gauge", "namespace", "pod", "node");
    public static readonly ExporterMetric NodeCondition = new("kube_node_status_condition", "gauge", "node", "condition", "status");
    public static readonly ExporterMetric ReplicasWanted = new("kube_deployment_spec_replicas", "gauge", "namespace", "deployment");
    public static readonly ExporterMetric ReplicasAvailable = new("kube_deployment_status_replicas_available", "gauge", "namespace", "deployment");
    public static readonly ExporterMetric Generation = new("kube_deployment_status_observed_generation", "gauge", "namespace", "deployment");

    public static readonly Exporter CAdvisor = new("kubelet", 10250, "1.28 and later", "containers",
        [ContainerCpu, ContainerMemory, Periods, ThrottledPeriods, VolumeUsed, VolumeCapacity]);

    public static readonly Exporter StateMetrics = new("kube-state-metrics", 8080, "2.9 and later", "Kubernetes objects",
        [Limits, Restarts, Waiting, LastTerminated, PodPhase, PodReady, PodInfo, NodeCondition, ReplicasWanted, ReplicasAvailable, Generation]);
}
