using System.IO.Compression;
using System.Xml.Linq;

namespace CoLink.Observability.Integration.Packaging;

/// <summary>The packages for single clients, and the one for tests.</summary>
[Collection(nameof(PackedLibrary))]
public sealed class FurtherPackageTests(PackedLibrary library)
{
    [Theory]
    [InlineData("CoLink.Observability.StackExchangeRedis", "StackExchange.Redis")]
    [InlineData("CoLink.Observability.Kafka", "Confluent.Kafka")]
    [InlineData("CoLink.Observability.MongoDB", "MongoDB.Driver")]
    [InlineData("CoLink.Observability.Testing", "CoLink.Observability")]
    public void It_uses_the_librarys_internals_so_it_depends_on_exactly_its_version(string id, string client)
    {
        using var package = ZipFile.OpenRead(library.Package(id));
        using var stream = package.GetEntry($"{id}.nuspec")!.Open();
        var dependencies = XDocument.Load(stream).Descendants().Where(element => element.Name.LocalName == "dependency")
            .ToDictionary(element => element.Attribute("id")!.Value, element => element.Attribute("version")!.Value);
        Assert.Equal($"[{library.Version}]", dependencies["CoLink.Observability"]);
        Assert.Contains(client, dependencies.Keys);
        Assert.Contains(package.Entries, entry => entry.FullName == $"lib/net10.0/{id}.xml");
    }
}
