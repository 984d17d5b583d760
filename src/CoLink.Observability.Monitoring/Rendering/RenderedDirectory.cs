using System.Text;
using CoLink.Observability.Monitoring.Platforms;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace CoLink.Observability.Monitoring.Rendering;

/// <summary>The directory as it is on the disk, beside what it should hold.</summary>
internal static class RenderedDirectory
{
    /// <summary>What people write there themselves: it is neither compared nor removed.</summary>
    private static readonly string[] HandWritten = [PlatformFile.Name, ".lint"];
    private static readonly string[] HandWrittenFolders = ["tests/", "secrets/"];

    /// <summary>Lines around a difference.</summary>
    private const int Context = 2;

    /// <summary>Writes what differs, removes what is no longer rendered, and says which.</summary>
    public static IReadOnlyList<string> Write(string directory, IReadOnlyList<RenderedFile> files)
    {
        var changes = new List<string>();
        foreach (var file in files)
        {
            var path = Path.Combine(directory, file.Path);
            if (Read(path) == file.Content)
                continue;
            changes.Add(File.Exists(path) ? $"changed {file.Path}" : $"added {file.Path}");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file.Content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }

        foreach (var stale in Stale(directory, files))
        {
            File.Delete(Path.Combine(directory, stale));
            changes.Add($"removed {stale}");
        }

        return changes;
    }

    /// <summary>A text for each file that is not as it should be.</summary>
    public static IReadOnlyList<string> Compare(string directory, IReadOnlyList<RenderedFile> files) =>
    [
        .. files.Select(file => Difference(file, Read(Path.Combine(directory, file.Path)))).OfType<string>(),
        .. Stale(directory, files).Select(stale => $"{stale}: nothing renders it; remove it, or keep what is hand-written under tests/."),
    ];

    private static string? Difference(RenderedFile file, string? found)
    {
        if (found is null)
            return $"{file.Path}: is missing.";
        if (found == file.Content)
            return null;
        var text = new StringBuilder($"{file.Path}: is not as rendered (- on the disk, + rendered).");
        var lines = InlineDiffBuilder.Diff(found, file.Content).Lines;
        var shown = -1;
        for (var index = 0; index < lines.Count; index++)
        {
            if (!lines.Skip(Math.Max(0, index - Context)).Take(2 * Context + 1).Any(line => line.Type != ChangeType.Unchanged))
                continue;
            if (index != shown + 1)
                text.Append("\n  …");
            text.Append(lines[index].Type switch { ChangeType.Inserted => "\n+ ", ChangeType.Deleted => "\n- ", _ => "\n  " }).Append(lines[index].Text);
            shown = index;
        }

        return text.ToString();
    }

    private static IEnumerable<string> Stale(string directory, IReadOnlyList<RenderedFile> files)
    {
        if (!Directory.Exists(directory))
            return [];
        var rendered = files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        return Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(directory, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(path => !rendered.Contains(path)
                && !HandWritten.Contains(Path.GetFileName(path))
                && !HandWrittenFolders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal);
    }

    private static string? Read(string path) => File.Exists(path) ? File.ReadAllText(path) : null;
}
