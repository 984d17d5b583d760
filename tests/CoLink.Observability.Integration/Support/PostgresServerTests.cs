using Npgsql;

namespace CoLink.Observability.Integration.Support;

/// <summary>What the tests rely on.</summary>
public sealed class PostgresServerTests
{
    [Fact]
    public async Task It_answers_again_after_it_was_stopped_and_after_it_was_killed()
    {
        await using var server = await PostgresServer.StartAsync();

        await AnswersAsync(server);
        await server.StopAsync();
        await server.StartAgainAsync();
        await AnswersAsync(server);
        await server.KillAsync();
        await server.StartAgainAsync();
        await AnswersAsync(server);
    }

    [Fact]
    public async Task It_asks_for_its_password()
    {
        await using var server = await PostgresServer.StartAsync("right");

        await AnswersAsync(server);
        await using var stranger = new NpgsqlConnection(server.ConnectionString(password: "wrong"));
        Assert.Equal("28P01", (await Assert.ThrowsAsync<PostgresException>(() => stranger.OpenAsync(TestContext.Current.CancellationToken))).SqlState);
    }

    private static async Task AnswersAsync(PostgresServer server)
    {
        await using var source = NpgsqlDataSource.Create(server.ConnectionString());
        await using var command = source.CreateCommand("SELECT 1");
        Assert.Equal(1, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }
}
