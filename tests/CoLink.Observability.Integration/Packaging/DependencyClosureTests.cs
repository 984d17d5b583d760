using System.Text;
using System.Text.Json;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Packaging;

/// <summary>Whatever a package brings along, directly or not, is named in a file: nothing comes unasked.</summary>
public sealed class DependencyClosureTests
{
    private static readonly string[] Packages =
        ["CoLink.Observability", "CoLink.Observability.Kafka", "CoLink.Observability.MongoDB", "CoLink.Observability.StackExchangeRedis", "CoLink.Observability.Testing"];

    [Fact]
    public void Everything_that_a_package_brings_along_is_named()
    {
        var text = new StringBuilder("# What the packages bring along\n\nWritten by `DependencyClosureTests` from what was restored, analyzers left out. A further package adds what the library brings to this.\n");
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var package in Packages)
        {
            text.Append("\n## ").Append(package).Append("\n\n");
            var own = Closure(package).Where(line => !known.Contains(line)).ToArray();
            foreach (var line in own)
                text.Append("- ").Append(line).Append('\n');
            if (own.Length == 0)
                text.Append("Nothing further.\n");
            if (package == Packages[0])
                known.UnionWith(own);
        }

        Golden.Check("docs/dependencies.md", text.ToString());
    }

    private static IEnumerable<string> Closure(string package)
    {
        using var assets = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Golden.Root, "src", package, "obj", "project.assets.json")));
        return
        [
            .. assets.RootElement.GetProperty("targets").EnumerateObject().First().Value.EnumerateObject()
                .Where(library => library.Value.GetProperty("type").GetString() == "package" && library.Value.TryGetProperty("runtime", out _))
                .Select(library => library.Name.Replace("/", " ", StringComparison.Ordinal))
                .Order(StringComparer.OrdinalIgnoreCase),
        ];
    }
}
