using CoLink.Observability.Database;

namespace CoLink.Observability.Tests.Database;

public sealed class DatabaseNameTests
{
    [Theory]
    [InlineData("Host=h;Username=ada;Database=orders", "orders")]
    [InlineData("Host=h;Username=ada;DB=orders", "orders")]
    [InlineData("host=h;username=ada;database=\"or;ders\"", "or;ders")]
    [InlineData("Host=h;Username=ada", "ada")]
    [InlineData("Host=h", null)]
    [InlineData("no pairs;at all", null)]
    [InlineData("", null)]
    public void A_connection_string_tells_its_database_or_else_the_user_whose_it_is(string connectionString, string? database) =>
        Assert.Equal(database, NpgsqlPoolName.Database(connectionString));

    [Theory]
    [InlineData("orders", false)]
    [InlineData("orders primary", false)]
    [InlineData("Host=h", true)]
    [InlineData("a;b", true)]
    [InlineData("", true)]
    public void A_name_has_no_keys_and_values(string name, bool isConnectionString) => Assert.Equal(isConnectionString, NpgsqlPoolName.IsConnectionString(name));

    [Theory]
    [InlineData("Data Source=shop.db", "shop.db")]
    [InlineData("Data Source=/home/ada/shop.db;Password=hunter2", "shop.db")]
    [InlineData("DataSource=C:\\data\\shop.db", "shop.db")]
    [InlineData("Filename=|DataDirectory|shop.db", "shop.db")]
    [InlineData("Data Source=file:/var/shop.db?mode=ro&key=hunter2", "shop.db")]
    [InlineData("Data Source=:memory:", ":memory:")]
    [InlineData("Data Source=shared;Mode=Memory;Cache=Shared", "shared")]
    [InlineData("", "")]
    [InlineData("nonsense", "")]
    public void A_SQLite_database_has_the_name_of_its_file_and_nothing_of_its_folder_or_keys(string connectionString, string name) =>
        Assert.Equal(name, SqliteFile.Of(connectionString));

    [Fact]
    public void Numbers_are_taken_from_the_lowest_and_given_back()
    {
        var pools = new NpgsqlPools();
        string[] Report(params string[] names)
        {
            pools.Begin();
            string[] labels = [.. names.Select(name => pools.Of(name).Label)];
            pools.End();
            return labels;
        }

        Assert.Equal(["1", "2", "3"], Report("Database=a;Timeout=1", "Database=a;Timeout=2", "Database=a;Timeout=3"));
        Assert.Equal(["3", "1"], Report("Database=a;Timeout=3", "Database=b"));
        Assert.Equal(["3", "1", "2"], Report("Database=a;Timeout=3", "Database=a;Timeout=4", "Database=a;Timeout=5"));
        Assert.Equal(["1"], Report("Database=b"));
        Assert.Equal(["1", "2"], Report("Database=a;Timeout=9", "Database=a;Timeout=8"));
    }
}
