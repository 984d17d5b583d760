namespace CoLink.Observability.Monitoring.Platforms;

/// <summary>What is wrong with a file, every defect at once, each with its line.</summary>
internal sealed class Problems(string file)
{
    private readonly List<(int Line, string Message)> _found = [];

    public void Add(int line, string message) => _found.Add((line, message));

    /// <exception cref="PlatformException">There are any.</exception>
    public void ThrowIfAny()
    {
        if (_found.Count > 0)
            throw new PlatformException([.. _found.OrderBy(problem => problem.Line).Select(problem => $"{file}:{problem.Line}: {problem.Message}")]);
    }
}

/// <summary>A file that says what cannot be; its lines name the file, the line, what is wrong and what is allowed.</summary>
internal sealed class PlatformException(IReadOnlyList<string> problems) : Exception(string.Join('\n', problems))
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
