using System.Data.Common;

namespace CoLink.Observability.Database;

/// <summary>
/// The name by which a SQLite database is known: its file's, without the folder and without what follows a question mark. SQLite
/// itself calls every one <c>main</c>.
/// </summary>
internal static class SqliteFile
{
    private const string Uri = "file:";

    public static string Of(string connectionString)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
            foreach (var key in (ReadOnlySpan<string>)["Data Source", "DataSource", "Filename"])
            {
                if (parts.TryGetValue(key, out var source) && source is string file)
                    return NameOf(file);
            }
        }
        catch (ArgumentException)
        {
            // The driver reads more than the base class can: then it has no name.
        }

        return "";
    }

    private static string NameOf(string file)
    {
        if (file.StartsWith(Uri, StringComparison.OrdinalIgnoreCase))
            file = file[Uri.Length..];
        var parameters = file.IndexOf('?', StringComparison.Ordinal);
        if (parameters >= 0)
            file = file[..parameters];
        return file[(file.LastIndexOfAny(['/', '\\', '|']) + 1)..];
    }
}
