using CoLink.Observability.Database;
using Microsoft.Data.Sqlite;

namespace CoLink.Observability.Tests.Database;

public sealed class DatabaseDriverTests
{
    [Fact]
    public void Two_drivers_that_take_turns_are_told_apart()
    {
        var drivers = new DatabaseDriver.Known();
        using var sqlite = new SqliteConnection();
        using var unknown = new FakeConnection("orders");

        for (var turn = 0; turn < 3; turn++)
        {
            Assert.Equal(DbSystem.Sqlite, drivers.Of(sqlite).System);
            Assert.Equal(DbSystem.Other, drivers.Of(unknown).System);
            Assert.Same(drivers.Of(unknown), drivers.Of(unknown));
        }
    }
}
