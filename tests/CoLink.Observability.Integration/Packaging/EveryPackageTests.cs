using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Packaging;

/// <summary>What is the same in the packages of the libraries and in that of the tool.</summary>
[Collection(nameof(PackedLibrary))]
public sealed class EveryPackageTests(PackedLibrary library)
{
    public static TheoryData<string> Ids { get; } =
        [.. Directory.EnumerateDirectories(Path.Combine(Golden.Root, "src")).Select(folder => Path.GetFileName(folder))];

    [Theory]
    [MemberData(nameof(Ids))]
    public void It_says_what_it_is_whose_it_is_and_where_it_comes_from(string id)
    {
        using var package = ZipFile.OpenRead(library.Package(id));
        using var stream = package.GetEntry($"{id}.nuspec")!.Open();
        var nuspec = XDocument.Load(stream).Descendants().ToLookup(element => element.Name.LocalName);

        Assert.Equal(id, nuspec["id"].Single().Value);
        Assert.Equal(library.Version, nuspec["version"].Single().Value);
        Assert.Equal("MIT", nuspec["license"].Single().Value);
        Assert.Equal("icon.png", nuspec["icon"].Single().Value);
        Assert.Equal("README.md", nuspec["readme"].Single().Value);
        Assert.EndsWith(".", nuspec["description"].Single().Value, StringComparison.Ordinal);
        Assert.True(nuspec["tags"].Single().Value.Split(' ').Length >= 3);
        Assert.All(new[] { "icon.png", "README.md", "LICENSE" }, file => Assert.True(package.GetEntry(file)?.Length > 0, file));

        // The address is the remote's, and a clone may have none; the commit is there in any.
        if (Path.Exists(Path.Combine(Golden.Root, ".git")))
            Assert.Matches("^[0-9a-f]{40}$", nuspec["repository"].Single().Attribute("commit")!.Value);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void It_was_built_deterministically_and_its_symbols_are_those_of_its_code(string id)
    {
        var isTool = id == PackedLibrary.Tool;
        var file = isTool ? "tools/net10.0/any/colink-monitoring" : $"lib/net10.0/{id}";
        using var code = new PEReader(Read(library.Package(id), $"{file}.dll"));
        var entries = code.ReadDebugDirectory();
        Assert.Contains(entries, entry => entry.Type == DebugDirectoryEntryType.Reproducible);
        using var symbols = MetadataReaderProvider.FromPortablePdbStream(Read(library.Symbols(id), $"{file}.pdb"));
        var built = code.ReadCodeViewDebugDirectoryData(entries.Single(entry => entry.Type == DebugDirectoryEntryType.CodeView)).Guid;
        Assert.Equal(built, new BlobContentId(symbols.GetMetadataReader().DebugMetadataHeader!.Id).Guid);
    }

    [Fact]
    public void A_version_stands_in_one_place()
    {
        var projects = Directory.EnumerateFiles(Golden.Root, "*.csproj", SearchOption.AllDirectories).Select(file => (Path.GetRelativePath(Golden.Root, file), XDocument.Load(file))).ToArray();
        Assert.True(projects.Length > 10);
        Assert.All(projects, project =>
        {
            Assert.DoesNotContain(project.Item2.Descendants(), element => element.Name.LocalName is "Version" or "VersionPrefix" or "PackageVersion" or "AssemblyVersion");
            Assert.DoesNotContain(project.Item2.Descendants("PackageReference"), reference => reference.Attribute("Version") is not null);
        });
        Assert.Matches(new Regex("<VersionPrefix>[0-9]+\\.[0-9]+\\.[0-9]+</VersionPrefix>"), File.ReadAllText(Path.Combine(Golden.Root, "Directory.Build.props")));
    }

    /// <summary>A member without a comment is CS1591, and a warning is an error.</summary>
    [Fact]
    public void Every_library_is_documented_whole_and_nobody_looks_away()
    {
        var projects = Ids.Select(id => id.Data).Where(id => id != PackedLibrary.Tool).Select(id => File.ReadAllText(Path.Combine(Golden.Root, "src", id, $"{id}.csproj")));
        Assert.All(projects, project => Assert.Contains("<GenerateDocumentationFile>true</GenerateDocumentationFile>", project, StringComparison.Ordinal));
        var rules = Directory.EnumerateFiles(Golden.Root, "Directory.*.props").Append(Path.Combine(Golden.Root, ".editorconfig")).Select(File.ReadAllText).Concat(projects).ToArray();
        Assert.All(rules, rule => Assert.DoesNotContain("1591", rule, StringComparison.Ordinal));
        Assert.Contains(rules, rule => rule.Contains("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>", StringComparison.Ordinal));
        Assert.Contains(rules, rule => rule.Contains("<EnablePackageValidation>true</EnablePackageValidation>", StringComparison.Ordinal));
    }

    private static MemoryStream Read(string package, string entry)
    {
        using var zip = ZipFile.OpenRead(package);
        using var stream = zip.GetEntry(entry)?.Open() ?? throw new FileNotFoundException(entry, package);
        var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        bytes.Position = 0;
        return bytes;
    }
}
