using System.IO.Compression;
using System.Xml.Linq;

namespace CoLink.Observability.Integration.Packaging;

[Collection(nameof(PackedLibrary))]
public sealed class PackageTests(PackedLibrary library)
{
    [Fact]
    public void The_package_holds_the_library_its_documentation_the_readme_and_the_licence()
    {
        using var package = ZipFile.OpenRead(library.Package());
        var files = package.Entries.Select(entry => entry.FullName).ToArray();

        Assert.Contains("lib/net10.0/CoLink.Observability.dll", files);
        Assert.Contains("lib/net10.0/CoLink.Observability.xml", files);
        Assert.Contains("README.md", files);
        Assert.Contains("LICENSE", files);
        Assert.Contains("icon.png", files);
        var nuspec = Nuspec(package);
        Assert.Equal("README.md", Element(nuspec, "readme").Value);
        Assert.Equal("MIT", Element(nuspec, "license").Value);
        Assert.NotEqual("Package Description", Element(nuspec, "description").Value);
    }

    [Fact]
    public void The_documentation_in_the_package_describes_the_one_call()
    {
        using var package = ZipFile.OpenRead(library.Package());
        using var stream = package.GetEntry("lib/net10.0/CoLink.Observability.xml")!.Open();
        var members = XDocument.Load(stream).Descendants("member").Select(member => member.Attribute("name")!.Value);

        Assert.Contains(members, name => name.StartsWith("M:Microsoft.Extensions.Hosting.CoLinkObservabilityExtensions.AddCoLinkObservability(", StringComparison.Ordinal));
    }

    [Fact]
    public void The_package_depends_on_these_and_on_the_aspnetcore_framework_alone()
    {
        using var package = ZipFile.OpenRead(library.Package());
        var nuspec = Nuspec(package);

        Assert.Equal(
            [
                "OpenTelemetry.Exporter.OpenTelemetryProtocol", "OpenTelemetry.Extensions.Hosting", "OpenTelemetry.Instrumentation.AspNetCore", "OpenTelemetry.Instrumentation.Http",
                "prometheus-net", "Serilog", "Serilog.Extensions.Logging", "Serilog.Sinks.Async",
            ],
            Elements(nuspec, "dependency").Select(dependency => dependency.Attribute("id")!.Value).Order(StringComparer.OrdinalIgnoreCase));
        Assert.Equal(["Microsoft.AspNetCore.App"], Elements(nuspec, "frameworkReference").Select(reference => reference.Attribute("name")!.Value));
    }

    [Fact]
    public void The_symbols_come_in_a_package_of_their_own()
    {
        using var symbols = ZipFile.OpenRead(library.Symbols());

        Assert.Contains("lib/net10.0/CoLink.Observability.pdb", symbols.Entries.Select(entry => entry.FullName));
    }

    private static XDocument Nuspec(ZipArchive package)
    {
        using var stream = package.GetEntry($"{PackedLibrary.Id}.nuspec")!.Open();
        return XDocument.Load(stream);
    }

    private static XElement Element(XDocument nuspec, string name) => Elements(nuspec, name).Single();

    private static IEnumerable<XElement> Elements(XDocument nuspec, string name) => nuspec.Descendants().Where(element => element.Name.LocalName == name);
}
