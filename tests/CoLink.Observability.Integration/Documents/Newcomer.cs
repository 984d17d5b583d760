using CoLink.Observability.Integration.Support;

namespace CoLink.Observability.Integration.Documents;

/// <summary>
/// A home that has never seen a package of ours. What others' packages this machine has downloaded is there as well, and no source beside the
/// one that README adds: a step that asks for the newest version asks every source, and a test waits for no network.
/// </summary>
internal sealed class Newcomer : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public Newcomer()
    {
        var user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var known = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? System.IO.Path.Combine(user, ".nuget", "packages");
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Configuration)!);

        // Where README was followed on this machine, an older package of ours would be taken from there: then everything is downloaded.
        var others = Directory.Exists(System.IO.Path.Combine(known, "colink.observability"))
            ? """<packageSources><add key="nuget.org" value="https://api.nuget.org/v3/index.json" protocolVersion="3" /></packageSources>"""
            : $"""<packageSources /><fallbackPackageFolders><add key="known" value="{known}" /></fallbackPackageFolders>""";
        File.WriteAllText(Configuration, $"<configuration>{others}</configuration>");
    }

    public string Path => _home.Path;

    public string Configuration => System.IO.Path.Combine(Path, ".nuget", "NuGet", "NuGet.Config");

    public (string Name, string? Value)[] Variables => [("HOME", Path), ("DOTNET_CLI_HOME", Path), ("NUGET_PACKAGES", null)];

    /// <summary>Those, and what a user's shell would have.</summary>
    public IReadOnlyDictionary<string, string?> Shell
    {
        get
        {
            var all = new Dictionary<string, string?>(DotnetCli.Environment);
            foreach (var (name, value) in Variables)
                all[name] = value;
            return all;
        }
    }

    public void Dispose() => _home.Dispose();
}
