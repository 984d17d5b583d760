using CoLink.Observability.Monitoring.Documents;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Documents;

/// <summary>What pages and documents tell a reader to ask.</summary>
public sealed class QueryTests
{
    private static readonly IReadOnlyList<DocumentQuery> All = DocumentQueries.Of(Committed.Context);

    private static IEnumerable<DocumentQuery> PromQl => All.Where(query => query.Language == DocumentQuery.PromQl);

    [Fact]
    public async Task Prometheus_can_read_every_query()
    {
        using var folder = new TemporaryFolder();
        var rules = PromQl.Select((query, index) => $"      - record: query:n{index}:x\n        expr: |\n{Indented(query.Query)}\n        labels: {{document: \"{query.Document}\"}}\n");
        var file = folder.Write("queries.yml", "groups:\n  - name: queries\n    rules:\n" + string.Concat(rules));
        Assert.Contains($"{PromQl.Count()} rules found", await Tool.RunAsync(RealServers.Promtool, "check", "rules", file), StringComparison.Ordinal);
    }

    [Fact]
    public void A_query_of_logs_names_streams_by_labels_that_they_have() =>
        // What the library's own client and the shipper both write: app, namespace and pod.
        Assert.All(All.Where(query => query.Language == DocumentQuery.LogQl), query => Assert.Matches("\\{(app|namespace|pod)=~?\"[^\"]+\"(,(app|namespace|pod)=~?\"[^\"]+\")*\\}", query.Query));

    private static string Indented(string query) => string.Join('\n', query.Split('\n').Select(line => "          " + line));
}
