using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using CoLink.Observability.Integration.Support;

namespace CoLink.Observability.Integration.Packaging;

public sealed class CompiledPackageTests
{
    private static readonly string[] Platforms = ["linux-x64", "linux-arm64", "linux-musl-x64", "win-x64"];

    /// <summary>Only where its compiler and the platforms' frameworks were downloaded before: a test does not.</summary>
    [Fact]
    public async Task A_release_has_compiled_code_beside_the_very_assembly_that_is_for_every_platform()
    {
        Assert.SkipUnless(AreThere("Microsoft.NETCore.App.Crossgen2.*") && Platforms.All(platform => AreThere($"Microsoft.NETCore.App.Runtime.{platform}")), "The compiler's packages are not on this machine.");
        const string Version = "0.1.0-test";
        using var folder = new TemporaryFolder();
        await DotnetCli.RunAsync(
            BuiltProjects.Library, "pack", "--no-build", "--configuration", BuiltProjects.Configuration, "--output", folder.Path,
            "-p:ReadyToRunPackage=true", $"-p:Version={Version}", $"-p:NuspecOutputPath={Path.Combine(folder.Path, "nuspec")}");

        using var package = ZipFile.OpenRead(Path.Combine(folder.Path, $"{PackedLibrary.Id}.{Version}.nupkg"));
        var (plain, isPlainCompiled) = await ReadAsync(package, "lib");
        Assert.False(isPlainCompiled);
        foreach (var platform in Platforms)
            Assert.Equal((plain, true), await ReadAsync(package, $"runtimes/{platform}/lib"));
    }

    private static async Task<(Guid Id, bool IsCompiled)> ReadAsync(ZipArchive package, string folder)
    {
        using var bytes = new MemoryStream();
        await using (var stream = await package.GetEntry($"{folder}/net10.0/{PackedLibrary.Id}.dll")!.OpenAsync(TestContext.Current.CancellationToken))
            await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        bytes.Position = 0;
        using var assembly = new PEReader(bytes);
        var metadata = assembly.GetMetadataReader();
        return (metadata.GetGuid(metadata.GetModuleDefinition().Mvid), assembly.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0);
    }

    private static bool AreThere(string id)
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return Directory.Exists(packages) && Directory.EnumerateDirectories(packages, id.ToLowerInvariant()).Any();
    }
}
