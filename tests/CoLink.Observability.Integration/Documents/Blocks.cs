using System.Text.RegularExpressions;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Documents;

/// <summary>The blocks of code of the pages that people write.</summary>
internal static partial class Blocks
{
    /// <summary>From the root of the repository; those that are rendered or that only tests read are not among them.</summary>
    public static string[] Pages { get; } =
    [
        .. Directory.EnumerateFiles(Golden.Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Golden.Root, "docs"), "*.md"))
            .Concat(Directory.EnumerateFiles(Path.Combine(Golden.Root, "monitoring"), "*.md", SearchOption.AllDirectories))
            .Concat(new[] { "src", "samples" }.SelectMany(folder => Directory.EnumerateDirectories(Path.Combine(Golden.Root, folder))).SelectMany(folder => Directory.EnumerateFiles(folder, "*.md")))
            .Select(file => Path.GetRelativePath(Golden.Root, file)).Order(StringComparer.Ordinal),
    ];

    /// <param name="page">From the root of the repository.</param>
    /// <param name="languages">As they stand behind the fence.</param>
    public static string[] Of(string page, params string[] languages) =>
        [.. Block().Matches(Text(page)).Where(block => languages.Contains(block.Groups["language"].Value)).Select(block => Unindented(block.Groups["code"].Value, block.Groups["indent"].Length))];

    /// <summary>The one that holds the text.</summary>
    public static string With(string text, string page, params string[] languages) => Assert.Single(Of(page, languages), block => block.Contains(text, StringComparison.Ordinal));

    public static string Text(string page) => File.ReadAllText(Path.Combine(Golden.Root, page)).ReplaceLineEndings("\n");

    /// <summary>A block in a list is indented as the list is.</summary>
    private static string Unindented(string code, int indent) =>
        indent == 0 ? code : string.Join('\n', code.Split('\n').Select(line => line[Math.Min(indent, line.Length)..]));

    [GeneratedRegex("^(?<indent> *)```(?<language>[a-z]*)\n(?<code>.*?)^ *```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
