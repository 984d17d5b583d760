using CoLink.Observability.Integration.Support;

namespace CoLink.Observability.Integration.Packaging;

/// <summary>The library as a package in a folder feed of its own, under a version that no cache can know.</summary>
[CollectionDefinition(nameof(PackedLibrary))]
public sealed class PackedLibrary : IAsyncLifetime, ICollectionFixture<PackedLibrary>
{
    public const string Id = "CoLink.Observability";

    private readonly TemporaryFolder _folder = new();

    public string Version { get; } = $"0.1.0-test-{Guid.NewGuid():N}";

    public string Package => Path.Combine(Feed, $"{Id}.{Version}.nupkg");

    public string Symbols => Path.Combine(Feed, $"{Id}.{Version}.snupkg");

    /// <summary>Folders below it restore from the feed.</summary>
    public string Folder => _folder.Path;

    private string Feed => Path.Combine(_folder.Path, "feed");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Feed);
        await DotnetCli.RunAsync(
            BuiltProjects.Library, "pack", "--no-build", "--configuration", BuiltProjects.Configuration, "--output", Feed,
            $"-p:Version={Version}", $"-p:NuspecOutputPath={Path.Combine(_folder.Path, "nuspec")}");

        // The user's own sources stay. Packages go to a folder that ends with the test; what this machine has already is read from where it is.
        var known = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        known = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? known;
        var fallback = Directory.Exists(known) ? $"""<fallbackPackageFolders><add key="known" value="{known}" /></fallbackPackageFolders>""" : "";
        _folder.Write("NuGet.Config", $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <packageSources><add key="feed" value="feed" /></packageSources>
              {fallback}
            </configuration>
            """);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
