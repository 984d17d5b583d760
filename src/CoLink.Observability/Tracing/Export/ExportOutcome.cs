namespace CoLink.Observability.Tracing.Export;

/// <summary>What became of the spans of one export. What is too large for the collector goes in parts, so that it may have taken many requests.</summary>
internal sealed class ExportOutcome
{
    private readonly List<ExportProblem> _problems = [];

    /// <summary>Spans that the collector took.</summary>
    public long Exported { get; private set; }

    /// <summary>Spans that it did not, for whatever reason.</summary>
    public long Failed { get; private set; }

    /// <summary>Those of them that it left out of requests that it took, and what it said about them.</summary>
    public PartialSuccess Refused { get; private set; } = new(0, "");

    /// <summary>Those of them that were too large for it.</summary>
    public long TooLarge { get; private set; }

    /// <summary>Why requests failed, one for each that did and whose spans were not sent again in parts.</summary>
    public IReadOnlyList<ExportProblem> Problems => _problems;

    /// <summary>A request was taken.</summary>
    public void Answered(int spans, PartialSuccess partial)
    {
        var rejected = Math.Clamp(partial.Rejected, 0, spans);
        Exported += spans - rejected;
        Failed += rejected;
        if (rejected > 0)
            Refused = new PartialSuccess(Refused.Rejected + rejected, partial.Message);
    }

    /// <summary>A request failed, and its spans with it.</summary>
    public void Lost(int spans, ExportProblem problem)
    {
        Failed += spans;
        TooLarge += problem.Reason == ExportFailure.TooLarge ? spans : 0;
        _problems.Add(problem);
    }
}
