using System.IO.Compression;
using System.Xml.Linq;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Packaging;

/// <summary>The packages for single clients, and the one for tests.</summary>
public sealed class FurtherPackageTests
{
    [Theory]
    [InlineData("CoLink.Observability.StackExchangeRedis", "StackExchange.Redis")]
    [InlineData("CoLink.Observability.Kafka", "Confluent.Kafka")]
    [InlineData("CoLink.Observability.MongoDB", "MongoDB.Driver")]
    [InlineData("CoLink.Observability.Testing", "CoLink.Observability")]
    public async Task It_uses_the_librarys_internals_so_it_depends_on_exactly_its_version(string id, string client)
    {
        const string Version = "0.1.0-test";
        using var folder = new TemporaryFolder();
        await DotnetCli.RunAsync(
            Path.Combine(Golden.Root, "src", id), "pack", "--no-build", "--configuration", BuiltProjects.Configuration, "--output", folder.Path,
            $"-p:Version={Version}", $"-p:NuspecOutputPath={Path.Combine(folder.Path, "nuspec")}");

        using var package = ZipFile.OpenRead(Path.Combine(folder.Path, $"{id}.{Version}.nupkg"));
        using var stream = package.GetEntry($"{id}.nuspec")!.Open();
        var dependencies = XDocument.Load(stream).Descendants().Where(element => element.Name.LocalName == "dependency")
            .ToDictionary(element => element.Attribute("id")!.Value, element => element.Attribute("version")!.Value);
        Assert.Equal($"[{Version}]", dependencies["CoLink.Observability"]);
        Assert.Contains(client, dependencies.Keys);
        Assert.Contains(package.Entries, entry => entry.FullName == "README.md");
        Assert.Contains(package.Entries, entry => entry.FullName == "icon.png");
        Assert.Contains(package.Entries, entry => entry.FullName == $"lib/net10.0/{id}.xml");
    }
}
