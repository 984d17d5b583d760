using System.Text.RegularExpressions;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Packaging;

/// <summary>The blocks of code of a page.</summary>
internal static partial class Blocks
{
    /// <param name="page">From the root of the repository.</param>
    /// <param name="languages">As they stand behind the fence.</param>
    public static string[] Of(string page, params string[] languages) =>
        [.. Block().Matches(File.ReadAllText(Path.Combine(Golden.Root, page)).ReplaceLineEndings("\n")).Where(block => languages.Contains(block.Groups["language"].Value)).Select(block => block.Groups["code"].Value)];

    /// <summary>The one that holds the text.</summary>
    public static string With(string text, string page, params string[] languages) => Assert.Single(Of(page, languages), block => block.Contains(text, StringComparison.Ordinal));

    [GeneratedRegex("^```(?<language>[a-z]*)\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
