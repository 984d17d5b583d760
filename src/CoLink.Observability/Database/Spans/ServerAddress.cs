using System.Globalization;

namespace CoLink.Observability.Database.Spans;

/// <summary>
/// Which server a connection goes to, as far as its driver's <c>DataSource</c> says it and is known to say no more: another driver's may
/// be a file or a whole connection string.
/// </summary>
/// <param name="Host">Null where it is not known.</param>
/// <param name="Port">Null where it is the system's usual one, or not known.</param>
/// <param name="Instance">The named instance of an SQL Server.</param>
internal readonly record struct ServerAddress(string? Host, int? Port, string? Instance)
{
    private const int SqlServerPort = 1433;

    public static ServerAddress Of(DbSystem system, string? dataSource) => system switch
    {
        _ when string.IsNullOrEmpty(dataSource) => default,
        DbSystem.SqlServer => OfSqlServer(dataSource),

        // A list of several is no address.
        DbSystem.MySql when !dataSource.Contains(',', StringComparison.Ordinal) => new(dataSource, null, null),
        _ => default,
    };

    /// <summary><c>tcp:host\instance,port</c>, of which all but the host may be missing; a pipe is <c>np:\\host\pipe\…</c>.</summary>
    private static ServerAddress OfSqlServer(ReadOnlySpan<char> source)
    {
        var protocol = source.IndexOf(':');
        if (protocol >= 0 && source[..protocol].Trim() is "tcp" or "np" or "lpc" or "admin")
            source = source[(protocol + 1)..];
        source = source.Trim();
        if (source.StartsWith(@"\\"))
            return new(HostOf(Until(source[2..], '\\')), null, null);

        var comma = source.IndexOf(',');
        int? port = comma >= 0 && int.TryParse(source[(comma + 1)..], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (comma >= 0)
            source = source[..comma];
        var instance = source.IndexOf('\\');
        return new(HostOf(Until(source, '\\')), port is SqlServerPort ? null : port, instance < 0 ? null : source[(instance + 1)..].Trim().ToString());
    }

    private static string HostOf(ReadOnlySpan<char> host) => host.Trim() is "." or "(local)" ? "localhost" : host.Trim().ToString();

    private static ReadOnlySpan<char> Until(ReadOnlySpan<char> text, char end) => text.IndexOf(end) is >= 0 and var at ? text[..at] : text;
}
