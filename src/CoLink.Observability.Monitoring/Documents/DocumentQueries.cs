using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Runbooks;

namespace CoLink.Observability.Monitoring.Documents;

/// <summary>Every query that a reader of this directory is told to run: runbooks, objectives, operations, the handbook.</summary>
internal static class DocumentQueries
{
    public static IReadOnlyList<DocumentQuery> Of(RuleContext context) =>
    [
        .. RunbookFiles.Queries(context),
        .. new[] { SloDocument.Render(context), OperationsDocument.Render(context), Readme.Render(context, []) }.SelectMany(Queries),
    ];

    private static IReadOnlyList<DocumentQuery> Queries(RenderedFile document) => DocumentQuery.In(document.Path, document.Content);
}
