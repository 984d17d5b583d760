using CoLink.Observability.Integration.Support;

namespace CoLink.Observability.Integration.Documents;

/// <summary>A home with no package of ours in it and the machine's own package sources. What the machine has downloaded is read from where it is.</summary>
internal sealed class Newcomer : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public Newcomer()
    {
        var user = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);
        var sources = System.IO.Path.Combine(user, ".nuget", "NuGet", "NuGet.Config");
        var known = System.Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? System.IO.Path.Combine(user, ".nuget", "packages");
        var text = File.Exists(sources)
            ? File.ReadAllText(sources)
            : """<configuration><packageSources><add key="nuget.org" value="https://api.nuget.org/v3/index.json" protocolVersion="3" /></packageSources></configuration>""";
        if (Directory.Exists(known) && !Directory.Exists(System.IO.Path.Combine(known, "colink.observability")))
            text = text.Replace("</configuration>", $"""<fallbackPackageFolders><add key="known" value="{known}" /></fallbackPackageFolders></configuration>""", StringComparison.Ordinal);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Configuration)!);
        File.WriteAllText(Configuration, text);
    }

    public string Path => _home.Path;

    public string Configuration => System.IO.Path.Combine(Path, ".nuget", "NuGet", "NuGet.Config");

    public (string Name, string? Value)[] Variables => [("HOME", Path), ("DOTNET_CLI_HOME", Path), ("NUGET_PACKAGES", null)];

    /// <summary>Those and what is left of the tests' own.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>(DotnetCli.Environment.Concat(Variables.Select(variable => KeyValuePair.Create(variable.Name, variable.Value))).GroupBy(variable => variable.Key).Select(same => same.Last()));

    public void Dispose() => _home.Dispose();
}
