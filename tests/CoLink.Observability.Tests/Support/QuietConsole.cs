using System.Runtime.CompilerServices;

namespace CoLink.Observability.Tests.Support;

/// <summary>The apps of tests write no log lines to standard output, unless a test says what it wants there.</summary>
internal static class QuietConsole
{
    private const string Key = "CoLink:Observability:Logging:Console";

    public static IEnumerable<KeyValuePair<string, string?>> Settings => [new(Key, "None")];

    /// <summary>For apps that a test builds itself.</summary>
    [ModuleInitializer]
    internal static void Quieten() => Environment.SetEnvironmentVariable(Key.Replace(":", "__", StringComparison.Ordinal), "None");
}
