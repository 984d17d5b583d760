namespace CoLink.Observability.Runtime;

/// <summary>The runtime family: the process, its limits, the garbage collector and the thread pool.</summary>
public sealed class RuntimeOptions
{
    internal RuntimeOptions()
    {
    }

    /// <summary>Whether the process and the .NET runtime are measured. Default: true.</summary>
    public bool Enabled { get; set; } = true;
}
