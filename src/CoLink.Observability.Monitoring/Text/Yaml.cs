using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace CoLink.Observability.Monitoring.Text;

/// <summary>
/// Writes YAML that is the same to the byte each time, and that every reader reads alike: a text that some reader would take for a
/// number, a duration, a flag or nothing is quoted, and one of several lines is a block.
/// </summary>
internal static partial class Yaml
{
    /// <param name="header">Lines of a comment at the top.</param>
    public static string Write(string header, params IReadOnlyList<Map> documents)
    {
        var writer = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        foreach (var line in header.Split('\n'))
            writer.WriteLine(line.Length == 0 ? "#" : "# " + line);
        var emitter = new Emitter(writer, new EmitterSettings().WithBestIndent(2).WithBestWidth(int.MaxValue).WithIndentedSequences().WithNewLine("\n"));
        emitter.Emit(new StreamStart());
        for (var index = 0; index < documents.Count; index++)
        {
            emitter.Emit(new DocumentStart(null, null, isImplicit: index == 0));
            Emit(emitter, documents[index]);
            emitter.Emit(new DocumentEnd(isImplicit: true));
        }

        emitter.Emit(new StreamEnd());
        return writer.ToString();
    }

    private static void Emit(Emitter emitter, object value)
    {
        switch (value)
        {
            case Map map:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, true, map.Any() ? MappingStyle.Block : MappingStyle.Flow));
                foreach (var (key, item, comment) in map)
                {
                    foreach (var line in comment?.Split('\n') ?? [])
                        emitter.Emit(new Comment(line, isInline: false));
                    Emit(emitter, key);
                    Emit(emitter, item);
                }

                emitter.Emit(new MappingEnd());
                break;
            case string text:
                Plain(emitter, text, Style(text));
                break;
            case bool flag:
                Plain(emitter, flag ? "true" : "false", ScalarStyle.Plain);
                break;
            case int or long or decimal:
                Plain(emitter, Convert.ToString(value, CultureInfo.InvariantCulture)!, ScalarStyle.Plain);
                break;
            case IEnumerable items:
                var list = items.Cast<object>().ToArray();
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, true, list.Length > 0 ? SequenceStyle.Block : SequenceStyle.Flow));
                foreach (var item in list)
                    Emit(emitter, item);
                emitter.Emit(new SequenceEnd());
                break;
            default:
                throw new ArgumentException($"A {value.GetType().Name} has no place in YAML here.", nameof(value));
        }
    }

    private static void Plain(Emitter emitter, string text, ScalarStyle style) =>
        emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: true, isQuotedImplicit: true));

    private static ScalarStyle Style(string text)
    {
        if (text.Contains('\n', StringComparison.Ordinal))
            return ScalarStyle.Literal;
        if (Safe().IsMatch(text) && !Words.Contains(text.ToUpperInvariant()))
            return ScalarStyle.Plain;
        return text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) && !text.Contains('\\', StringComparison.Ordinal)
            ? ScalarStyle.DoubleQuoted
            : ScalarStyle.SingleQuoted;
    }

    /// <summary>What begins with a letter and holds nothing that a reader could take for syntax; a colon is none where no space follows.</summary>
    [GeneratedRegex("^[A-Za-z_/](?:[A-Za-z0-9_./-]|[ :](?=[A-Za-z0-9_./-]))*\\z")]
    private static partial Regex Safe();

    /// <summary>Words that YAML 1.1 or 1.2 takes for a flag or for nothing.</summary>
    private static readonly HashSet<string> Words = ["TRUE", "FALSE", "YES", "NO", "ON", "OFF", "Y", "N", "NULL"];
}
