using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Scrapes;

namespace CoLink.Observability.Monitoring.Helm;

/// <summary>How the pods' output gets to Loki where the library does not push it: under the same labels and with the same metadata.</summary>
internal static class AlloyConfiguration
{
    /// <summary>As the discovery names the annotation's label: every sign but letters and digits is an underscore.</summary>
    private static readonly string Annotation = "__meta_kubernetes_pod_annotation_"
        + string.Concat(Names.LogsAnnotation.Select(sign => char.IsAsciiLetterOrDigit(sign) ? sign : '_'));

    public static string Of(Platform platform) => $$"""
        discovery.kubernetes "pods" {
          role = "pod"
          namespaces {
            names = ["{{platform.Namespace}}"]
          }
          // Each node's own pods only: every line would come once from each node otherwise.
          selectors {
            role  = "pod"
            field = "spec.nodeName=" + coalesce(sys.env("HOSTNAME"), constants.hostname)
          }
        }

        discovery.relabel "pods" {
          targets = discovery.kubernetes.pods.targets
          rule {
            source_labels = ["{{Annotation}}"]
            regex         = "{{Names.LogsPushed}}"
            action        = "drop"
          }
          rule {
            source_labels = ["__meta_kubernetes_pod_label_{{Names.AppLabel}}"]
            target_label  = "{{Names.AppLabel}}"
          }
          rule {
            source_labels = ["__meta_kubernetes_namespace"]
            target_label  = "namespace"
          }
          rule {
            source_labels = ["__meta_kubernetes_pod_name"]
            target_label  = "pod"
          }
        }

        loki.source.kubernetes "pods" {
          targets    = discovery.relabel.pods.output
          forward_to = [loki.process.pods.receiver]
        }

        loki.process "pods" {
          forward_to = [loki.write.loki.receiver]
          stage.json {
            expressions = { ts = "ts", trace_id = "trace_id", span_id = "span_id" }
          }
          stage.timestamp {
            source = "ts"
            format = "RFC3339Nano"
          }
          stage.structured_metadata {
            values = { trace_id = "", span_id = "" }
          }
          // Neither level nor an id is a label, and the source's own labels would be new with each pod.
          stage.label_keep {
            values = ["{{Names.AppLabel}}", "namespace", "pod"]
          }
        }

        loki.write "loki" {
          endpoint {
            url = "{{DataSources.Url(Backends.Loki)}}/loki/api/v1/push"
          }
        }
        """;
}
