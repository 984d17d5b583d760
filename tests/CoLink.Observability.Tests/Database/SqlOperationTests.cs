using System.Data;
using CoLink.Observability.Database;
using CsCheck;
using Microsoft.Data.Sqlite;

namespace CoLink.Observability.Tests.Database;

public sealed class SqlOperationTests
{
    private static readonly (string Statement, string Operation)[] Statements =
    [
        ("SELECT 1", "Select"), ("select*from a", "Select"), ("select", "Select"), ("select\u00A01", "Select"), ("Update\ta SET b = 1", "Update"), ("DELETE\nFROM a", "Delete"), ("inserted a", "Other"), ("VALUES (1)", "Select"), ("TABLE a", "Select"),
        ("insert into a values (1) returning id", "Insert"), ("REPLACE INTO a VALUES (1)", "Insert"), ("UPSERT INTO a VALUES (1)", "Insert"),
        ("UPDATE a SET b = 1", "Update"), ("delete from a", "Delete"), ("MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE", "Merge"),
        ("CREATE TABLE a (b int)", "Ddl"), ("ALTER TABLE a ADD b int", "Ddl"), ("drop index i", "Ddl"), ("TRUNCATE a", "Ddl"), ("GRANT SELECT ON a TO b", "Ddl"),
        ("REVOKE ALL ON a FROM b", "Ddl"), ("COMMENT ON TABLE a IS 'x'", "Ddl"), ("REINDEX TABLE a", "Ddl"), ("VACUUM", "Ddl"), ("ANALYZE a", "Ddl"), ("REFRESH MATERIALIZED VIEW a", "Ddl"),
        ("BEGIN", "Transaction"), ("BEGIN;", "Transaction"), ("begin immediate", "Transaction"), ("BEGIN TRAN t", "Transaction"), ("START TRANSACTION", "Transaction"), ("COMMIT", "Transaction"),
        ("ROLLBACK TO a", "Transaction"), ("SAVEPOINT a", "Transaction"), ("SAVE TRAN a", "Transaction"), ("RELEASE a", "Transaction"), ("END", "Transaction"), ("ABORT", "Transaction"),
        ("CALL p()", "Procedure"), ("EXEC p 1", "Procedure"), ("EXECUTE p(1)", "Procedure"), ("{call p}", "Procedure"), ("COPY a FROM STDIN", "Copy"), ("BULK INSERT a FROM 'f'", "Copy"),
        ("EXPLAIN SELECT 1", "Other"), ("EXPLAIN ANALYZE DELETE FROM a", "Other"), ("SET a = 1", "Other"), ("SHOW a", "Other"), ("PRAGMA foreign_keys=ON", "Other"), ("USE a", "Other"), ("LOCK TABLE a", "Other"),
        ("DO $$ BEGIN DELETE FROM a; END $$", "Other"), ("DECLARE @a int; SELECT @a", "Other"), ("BEGIN TRY SELECT 1 END TRY", "Other"), ("BEGIN UPDATE a SET b = 1; END;", "Other"),
        ("", "Other"), ("   ", "Other"), ("-- select", "Other"), ("/* select", "Other"), ("selects", "Other"), ("select_1", "Other"), ("1 select", "Other"), ("ſelect 1", "Other"), ("'select'", "Other"),
        (";;select 1", "Select"), ("((select 1) union (select 2))", "Select"), ("\uFEFFselect 1", "Select"), ("# a\nselect 1", "Select"), ("/* a /* b */ c */update a set b = 1", "Update"), ("--a\r--b\nselect 1", "Select"),
        ("WITH a AS (SELECT 1) SELECT * FROM a", "Select"), ("with recursive a(b, c) as (select 1, 2 union all select * from a) insert into d select * from a", "Insert"),
        ("WITH a AS MATERIALIZED (SELECT 1), b AS NOT MATERIALIZED (DELETE FROM c RETURNING *) UPDATE d SET e = 1", "Update"), ("WITH a AS (SELECT ')', \")\", [)], `)`, E'\\')', $$)$$, $t$)$t$ /* ) */ -- )\n) DELETE FROM a", "Delete"),
        ("WITH \"update\" AS (SELECT 1) SELECT 1", "Select"), ("WITH update AS (SELECT 1), \"x\" (delete) AS (SELECT 1), delete (b) AS (SELECT 1) SELECT 1", "Select"), ("WITH a AS (SELECT $1) MERGE INTO b USING a ON true WHEN MATCHED THEN DELETE", "Merge"),
        ("WITH a AS (SELECT 1) SEARCH DEPTH FIRST BY b, update SET c SELECT 1", "Select"), ("WITH a AS (SELECT 1) (SELECT 2)", "Select"), ("(WITH a AS (SELECT 1) SELECT 2)", "Select"), ("WITH a AS (SELECT 1 FROM #t) DELETE FROM b", "Delete"),
        (";WITH XMLNAMESPACES ('u' AS n) SELECT 1", "Select"), ("WITH recursive AS (SELECT 1) SELECT 2", "Select"), ("WITH", "Other"), ("WITH a AS (SELECT 1", "Other"), ("WITH a AS (SELECT ')", "Other"),
    ];

    public static TheoryData<string, string> Cases { get; } = [.. Statements.Select(one => new TheoryDataRow<string, string>(one.Statement, one.Operation))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_first_keyword_says_what_a_statement_does(string statement, string operation) =>
        Assert.Equal(operation, SqlOperation.Of(statement).ToString());

    [Fact]
    public void What_is_no_text_is_known_by_its_type()
    {
        using var command = new SqliteCommand("anything");
        Assert.Equal(DbOperation.Other, SqlOperation.Of(command));
        Assert.Equal(DbOperation.Procedure, SqlOperation.Of(new TypedCommand(CommandType.StoredProcedure)));
        Assert.Equal(DbOperation.Select, SqlOperation.Of(new TypedCommand(CommandType.TableDirect)));
        Assert.Equal(DbOperation.Insert, SqlOperation.Of(new TypedCommand(CommandType.Text)));
    }

    [Fact]
    public void Any_text_at_all_has_an_operation()
    {
        var piece = Gen.OneOf("select", "with", "as", "(", ")", "'", "\"", "$", "$$", "$t$", "/*", "*/", "--", "\n", "e'", "\\", "[", "]", ",", ";", "#", "begin", "recursive", "\0", "\uD800", " ");
        Gen.OneOf(Gen.String, piece.Array[0, 60].Select(string.Concat)).Sample(text => Enum.IsDefined(SqlOperation.Of(text)), iter: 20_000);
    }

    [Fact]
    public void What_stands_before_a_statement_does_not_change_what_it_is()
    {
        var noise = Gen.OneOf(" ", "\t", "\r\n", ";", "(", "-- delete from a\n", "/* update */", "/* /* ' */ \" */", "# insert\n", "\u00A0").Array[0, 12].Select(string.Concat);
        Gen.Select(noise, Gen.OneOf(Statements.Where(one => one.Statement.Length > 0 && char.IsAsciiLetter(one.Statement[0])).ToArray()))
            .Sample((before, statement) => SqlOperation.Of(before + statement.Statement).ToString() == statement.Operation, iter: 20_000);
    }

    [Fact]
    public void Common_table_expressions_do_not_change_what_a_statement_is()
    {
        var name = Gen.OneOf("a", "update", "\"de(lete\"", "[in)sert]", "`m`", "größe", "values");
        var body = Gen.OneOf("select 1", "delete from b returning *", "select '(' || ')'", "select \"(\"", "select (1), (2)", "select $q$)$q$", "select E'\\')'", "select 1 /* ) */", "select 1 -- )\n", "values (1), (2)", "select a[1]");
        var expression = Gen.Select(name, Gen.OneOf("", "(b)", " (b, \"c)\")", "/* d */(b)"), Gen.OneOf(" as ", " AS MATERIALIZED ", " as not materialized "), body)
            .Select((n, columns, mid, inner) => $"{n}{columns}{mid}({inner})");
        var with = Gen.Select(Gen.OneOf("with ", "WITH RECURSIVE ", "with/**/"), expression.Array[1, 5]).Select((start, all) => start + string.Join(" , ", all) + " ");
        var main = Gen.OneOf(("select 1", DbOperation.Select), ("insert into x select 1", DbOperation.Insert), ("UPDATE x set y = 1", DbOperation.Update), ("delete from x", DbOperation.Delete), ("merge into x", DbOperation.Merge), ("(select 1)", DbOperation.Select));

        Gen.Select(with, main).Sample((before, statement) => SqlOperation.Of(before + statement.Item1) == statement.Item2, iter: 20_000);
    }

    [Fact]
    public void It_looks_only_so_far_however_long_a_text_is()
    {
        Assert.Equal(DbOperation.Select, SqlOperation.Of(new string(' ', SqlOperation.MaxLength - 6) + "select 1"));
        Assert.Equal(DbOperation.Other, SqlOperation.Of(new string(' ', SqlOperation.MaxLength) + "select 1"));
        Assert.Equal(DbOperation.Insert, SqlOperation.Of("insert into a values " + new string('(', 10_000_000)));
        foreach (var hostile in (string[])["(", "/*", "with a as ((", "$a$", "$a", "with a as ('", "with a as (e'\\", ",", "with "])
            Assert.Equal(DbOperation.Other, SqlOperation.Of(string.Concat(Enumerable.Repeat(hostile, 1_000_000))));
    }

    [Fact]
    public void It_allocates_nothing()
    {
        const string Statement = "/* a */ WITH a AS (SELECT ')' FROM b) -- c\n DELETE FROM a";
        SqlOperation.Of(Statement);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1_000; i++)
            SqlOperation.Of(Statement);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
