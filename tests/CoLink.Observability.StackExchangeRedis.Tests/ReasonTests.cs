using System.Net.Sockets;
using StackExchange.Redis;
using static StackExchange.Redis.ConnectionFailureType;

namespace CoLink.Observability.StackExchangeRedis.Tests;

public sealed class ReasonTests
{
    [Fact]
    public void A_failure_to_connect_is_told_by_its_type_and_not_by_its_message()
    {
        Assert.Equal("AuthenticationFailure", WatchedServer.Reason(Failure(AuthenticationFailure)));
        Assert.Equal("SocketClosed", WatchedServer.Reason(Failure(SocketClosed, new SocketException())));
    }

    [Fact]
    public void That_there_is_no_connection_is_told_by_what_the_client_last_knew_of_the_server()
    {
        var ofServer = Failure(AuthenticationFailure, new InvalidOperationException("WRONGPASS"));

        Assert.Equal("AuthenticationFailure", WatchedServer.Reason(Failure(UnableToResolvePhysicalConnection, ofServer)));
        Assert.Equal("AuthenticationFailure", WatchedServer.Reason(Failure(UnableToResolvePhysicalConnection, new AggregateException(Failure(UnableToConnect), ofServer))));
    }

    [Fact]
    public void That_there_is_no_connection_is_told_as_that_where_the_client_knows_no_more()
    {
        Assert.Equal("UnableToResolvePhysicalConnection", WatchedServer.Reason(Failure(UnableToResolvePhysicalConnection)));
        Assert.Equal("UnableToResolvePhysicalConnection", WatchedServer.Reason(Failure(UnableToResolvePhysicalConnection, new TimeoutException("ConnectTimeout"))));
    }

    [Fact]
    public void A_late_answer_is_told_as_that_and_anything_else_by_its_class()
    {
        Assert.Equal("no answer in time", WatchedServer.Reason(new TimeoutException("secret")));
        Assert.Equal("RedisCommandException", WatchedServer.Reason(new RedisCommandException("secret")));
    }

    private static RedisConnectionException Failure(ConnectionFailureType type, Exception? inner = null) => new(type, CommandFlags.None, "secret", inner);
}
