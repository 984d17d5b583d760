using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace CoLink.Observability.Tests.Database;

/// <summary>A command that is only looked at.</summary>
internal class TypedCommand(CommandType type, string text = "insert into a values (1)") : DbCommand
{
    [AllowNull]
    public override string CommandText { get; set; } = text;

    public override int CommandTimeout { get; set; }

    public override CommandType CommandType { get; set; } = type;

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection { get; set; }

    protected override DbParameterCollection DbParameterCollection => throw new NotSupportedException();

    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel()
    {
    }

    public override int ExecuteNonQuery() => throw new NotSupportedException();

    public override object? ExecuteScalar() => throw new NotSupportedException();

    public override void Prepare()
    {
    }

    protected override DbParameter CreateDbParameter() => throw new NotSupportedException();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw new NotSupportedException();
}

/// <summary>One that cannot even be looked at.</summary>
internal sealed class ThrowingCommand() : TypedCommand(CommandType.Text)
{
    [AllowNull]
    public override string CommandText
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }
}
