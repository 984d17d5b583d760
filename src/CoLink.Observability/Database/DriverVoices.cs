namespace CoLink.Observability.Database;

/// <summary>
/// Which drivers are heard themselves. What is above a driver leaves that driver's connections to it, so that a command, and an
/// error, is counted once.
/// </summary>
internal sealed class DriverVoices
{
    private readonly Lock _gate = new();
    private volatile string[] _namespaces = [];

    /// <param name="connectionNamespace">The namespace of the driver's connection class.</param>
    public void Heard(string connectionNamespace)
    {
        lock (_gate)
        {
            if (!_namespaces.Contains(connectionNamespace))
                _namespaces = [.. _namespaces, connectionNamespace];
        }
    }

    /// <summary>Whether the driver tells its commands, and its connections as far as it can.</summary>
    public bool SpeakFor(DatabaseDriver driver)
    {
        foreach (var heard in _namespaces)
        {
            if (heard == driver.Namespace)
                return true;
        }

        return false;
    }
}
