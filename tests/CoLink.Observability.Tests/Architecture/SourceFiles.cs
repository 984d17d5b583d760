using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Architecture;

/// <summary>The committed source of what is shipped.</summary>
internal static class SourceFiles
{
    private static readonly string Separator = Path.DirectorySeparatorChar.ToString();

    public static IReadOnlyList<(string Path, string[] Lines)> Shipped { get; } = Read("src");

    public static IReadOnlyList<(string Path, string[] Lines)> All { get; } = [.. Shipped, .. Read("tests"), .. Read("samples"), .. Read("benchmarks")];

    /// <summary>The public surface, line by line.</summary>
    public static IReadOnlyList<string> Ledger { get; } =
    [
        .. new[] { "Shipped", "Unshipped" }
            .SelectMany(kind => File.ReadAllLines(Path.Combine(Golden.Root, "src/CoLink.Observability", $"PublicAPI.{kind}.txt")))
            .Where(line => line.Length > 0 && line[0] != '#'),
    ];

    private static (string Path, string[] Lines)[] Read(string folder) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Golden.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Golden.Root, file))
            .Where(path => !path.Split(Separator).Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal)
            .Select(path => (path, File.ReadAllLines(Path.Combine(Golden.Root, path)))),
    ];
}
