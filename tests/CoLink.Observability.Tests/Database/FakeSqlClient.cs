using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.SqlClient;

namespace CoLink.Observability.Tests.Database;

/// <summary>Events of the real client's shape, made by hand.</summary>
internal sealed class FakeSqlClient : IDisposable
{
    /// <summary>The events that are listened to.</summary>
    public static readonly string[] Events = ["WriteCommandBefore", "WriteCommandAfter", "WriteCommandError", "WriteConnectionOpenBefore", "WriteConnectionOpenError"];

    private readonly DiagnosticListener _listener = new("SqlClientDiagnosticListener");

    public bool IsHeard => _listener.IsEnabled();

    public void Begin(DbCommand command) => Send("WriteCommandBefore", Event("SqlClientCommandBefore", ("Command", command)));

    public void End(DbCommand command) => Send("WriteCommandAfter", Event("SqlClientCommandAfter", ("Command", command)));

    public void Fail(DbCommand command) => Fail(command, new TimeoutException());

    public void Fail(DbCommand command, Exception exception) => Send("WriteCommandError", Event("SqlClientCommandError", ("Command", command), ("Exception", exception)));

    public void Run(string sql) => Run(null, sql);

    public void Run(SqlConnection? connection, string sql)
    {
        using var command = new SqlCommand(sql, connection);
        Begin(command);
        End(command);
    }

    public void Open(DbConnection connection) => Send("WriteConnectionOpenBefore", Event("SqlClientConnectionOpenBefore", ("Connection", connection)));

    public void FailToOpen(DbConnection connection, Exception exception) =>
        Send("WriteConnectionOpenError", Event("SqlClientConnectionOpenError", ("Connection", connection), ("Exception", exception)));

    /// <summary>Every event with payloads that are none of its own.</summary>
    public void Misbehave()
    {
        foreach (var name in Events)
        {
            Send(name, null);
            Send(name, "a text");
            Send(name, new { Command = 1 });
            Send(name, Array.Empty<KeyValuePair<string, object?>>());
            Send(name, new KeyValuePair<string, object?>[] { default });
            Send(name, new KeyValuePair<string, object?>[] { new("Command", 7), new("Connection", null), new("Exception", "no") });
            Send(name, new KeyValuePair<string, object?>[] { new("Colour", new object()), new("Command", null), new("Connection", "Server=secret;Password=hunter2") });
        }

        Send("WriteTransactionCommitAfter", null);
        using var unknown = new SqlCommand("SELECT 1");
        End(unknown);
    }

    public void Dispose() => _listener.Dispose();

    private void Send(string name, object? payload)
    {
        name = "Microsoft.Data.SqlClient." + name;
        if (_listener.IsEnabled(name))
            _listener.Write(name, payload);
    }

    /// <summary>The fields, in their order, of the event class of this name in the real client: should they change, so does this.</summary>
    private static List<KeyValuePair<string, object?>> Event(string type, params (string Name, object Value)[] values)
    {
        var real = typeof(SqlConnection).Assembly.GetType("Microsoft.Data.SqlClient.Diagnostics." + type, throwOnError: true)!;
        Assert.True(typeof(IReadOnlyList<KeyValuePair<string, object>>).IsAssignableFrom(real));
        var fields = real.GetProperties().Select(property => property.Name).Where(name => name is not ("Count" or "Item")).ToArray();
        Assert.All(values, value => Assert.Contains(value.Name, fields));
        return [.. fields.Select(field => new KeyValuePair<string, object?>(field, values.FirstOrDefault(value => value.Name == field).Value))];
    }
}
