using System.Globalization;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Packaging;

/// <summary>Every package, made once as CI makes them, in a folder feed of its own and under a version that no cache can know.</summary>
[CollectionDefinition(nameof(PackedLibrary))]
public sealed class PackedLibrary : IAsyncLifetime, ICollectionFixture<PackedLibrary>
{
    public const string Id = "CoLink.Observability";
    public const string Tool = "CoLink.Observability.Monitoring";

    private readonly TemporaryFolder _folder = new();

    /// <summary>No version before a release: a user who asks for none gets it.</summary>
    public string Version { get; } = string.Create(CultureInfo.InvariantCulture, $"0.1.{Random.Shared.Next(1_000_000, int.MaxValue)}");

    /// <summary>Folders below it restore from the feed.</summary>
    public string Folder => _folder.Path;

    public string Feed => Path.Combine(_folder.Path, "feed");

    public string Package(string id = Id) => Path.Combine(Feed, $"{id}.{Version}.nupkg");

    public string Symbols(string id = Id) => Path.Combine(Feed, $"{id}.{Version}.snupkg");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Feed);
        await DotnetCli.RunAsync(
            Golden.Root, "pack", "CoLink.Observability.sln", "--no-build", "--configuration", BuiltProjects.Configuration, "--output", Feed,
            $"-p:Version={Version}", $"-p:NuspecOutputPath={Path.Combine(_folder.Path, "nuspec")}/");

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
