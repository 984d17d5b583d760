namespace CoLink.Observability.Monitoring.Dashboards;

/// <summary>The service that was clicked on, in Grafana's variables: a link leads to it and not to its namesake of another namespace.</summary>
/// <param name="Place">Cluster and namespace as an address wants them.</param>
internal sealed record Point(string Job, string Namespace, string Place)
{
    public const string ChosenPlace = "${cluster:queryparam}&${namespace:queryparam}";

    /// <summary>A point of a line.</summary>
    public static readonly Point OfSeries = Of("__field.labels");

    /// <summary>A cell of a table.</summary>
    public static readonly Point OfRow = Of("__data.fields");

    /// <summary>A cell of a table whose rows are of an exporter's place: the service's own is what is chosen.</summary>
    /// <param name="column">The one that names the service.</param>
    public static Point OfRowIn(string column) => new($"${{__data.fields.{column}}}", "${namespace}", ChosenPlace);

    private static Point Of(string values)
    {
        var (cluster, space) = ($"${{{values}.cluster}}", $"${{{values}.namespace}}");
        return new($"${{{values}.job}}", space, $"var-cluster={cluster}&var-namespace={space}");
    }
}
