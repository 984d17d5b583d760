namespace CoLink.Observability.Database;

/// <summary>The database family, heard from the drivers by name.</summary>
public sealed class DatabaseOptions
{
    internal DatabaseOptions()
    {
    }

    /// <summary>Whether database commands and connections are measured. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Whether commands are told apart by their operation. Where a driver says it only on its activities, as Npgsql does, false
    /// spares the activity that exists only because it is listened to; then every command reads <c>operation="other"</c>. Default: true.
    /// </summary>
    public bool Operations { get; set; } = true;
}
