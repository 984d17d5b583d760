using System.Data;
using CoLink.Observability.Database;
using CoLink.Observability.Database.Spans;

namespace CoLink.Observability.Tests.Database.Spans;

public sealed class OperationNameTests
{
    [Theory]
    [InlineData("select 1", "SELECT")]
    [InlineData("-- users\nINSERT INTO a VALUES (1)", "INSERT")]
    [InlineData("WITH x AS (SELECT 1) UPDATE a SET b = 1", "UPDATE")]
    [InlineData("DELETE FROM a", "DELETE")]
    [InlineData("MERGE INTO a USING b ON 1=1", "MERGE")]
    [InlineData("create table a (b int)", "CREATE")]
    [InlineData("COMMIT", "COMMIT")]
    [InlineData("PRAGMA journal_mode=WAL", "PRAGMA")]
    [InlineData("EXEC sp_who", "EXEC")]
    [InlineData("hunter2 is no statement", null)]
    [InlineData("'; DROP TABLE a", null)]
    [InlineData("", null)]
    public void A_statement_is_named_by_its_verb_and_by_no_other_word(string sql, string? name) => Assert.Equal(name, OperationName.Of(sql));

    [Fact]
    public void A_procedure_is_called_and_a_table_is_selected_from()
    {
        Assert.Equal("CALL", OperationName.Of(new FakeCommand(null, "DeleteUsers") { CommandType = CommandType.StoredProcedure }));
        Assert.Equal("SELECT", OperationName.Of(new FakeCommand(null, "users") { CommandType = CommandType.TableDirect }));
    }

    [Theory]
    [InlineData("db", "db", null, null)]
    [InlineData("db,1433", "db", null, null)]
    [InlineData("tcp:db.internal,1500", "db.internal", 1500, null)]
    [InlineData(@"db\main", "db", null, "main")]
    [InlineData(@"tcp:db\main, 1500", "db", 1500, "main")]
    [InlineData(@".\SQLEXPRESS", "localhost", null, "SQLEXPRESS")]
    [InlineData("(local)", "localhost", null, null)]
    [InlineData(@"np:\\db\pipe\sql\query", "db", null, null)]
    [InlineData("db,port", "db", null, null)]
    [InlineData("", null, null, null)]
    [InlineData(null, null, null, null)]
    public void A_SQL_Server_is_told_by_host_port_and_instance(string? source, string? host, int? port, string? instance) =>
        Assert.Equal(new ServerAddress(host, port, instance), ServerAddress.Of(DbSystem.SqlServer, source));

    [Theory]
    [InlineData(nameof(DbSystem.Sqlite), "/home/bob/secret.db", null)]
    [InlineData(nameof(DbSystem.Oracle), "(DESCRIPTION=(PASSWORD=x))", null)]
    [InlineData(nameof(DbSystem.Other), "secret.internal", null)]
    [InlineData(nameof(DbSystem.MySql), "db.internal", "db.internal")]
    [InlineData(nameof(DbSystem.MySql), "a,b", null)]
    public void What_is_not_known_to_be_an_address_is_not_shown(string system, string source, string? host) =>
        Assert.Equal(host, ServerAddress.Of(Enum.Parse<DbSystem>(system), source).Host);
}
