using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace CoLink.Observability.StackExchangeRedis.Tests;

public sealed class ServerNameTests
{
    [Theory]
    [InlineData("redis-1.internal:6380", "redis-1.internal:6380")]
    [InlineData("redis-1.internal", "redis-1.internal:6379")]
    [InlineData("10.0.0.7:6380", "10.0.0.7:6380")]
    [InlineData("[::1]:6380", "[::1]:6380")]
    public void A_server_is_named_by_host_and_port(string configuration, string name) =>
        Assert.Equal(name, ServerName.Of(Assert.Single(Parse(configuration))));

    [Theory]
    [InlineData("redis://:hunter2@cache.internal:6380")]
    [InlineData("rediss://app:hunter2@cache.internal:6380")]
    [InlineData("redis://app:hunt@er2@cache.internal/0")]
    public void A_password_in_a_url_which_the_client_takes_for_a_host_is_not_in_the_name(string configuration)
    {
        var name = ServerName.Of(Assert.Single(Parse(configuration)));

        Assert.StartsWith("cache.internal:", name, StringComparison.Ordinal);
        Assert.DoesNotContain("hunt", name, StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_file_is_named_by_its_path() => Assert.Equal("unix:/run/redis.sock", ServerName.Of(new UnixDomainSocketEndPoint("/run/redis.sock")));

    private static EndPointCollection Parse(string configuration)
    {
        var options = ConfigurationOptions.Parse(configuration);
        options.SetDefaultPorts();
        return options.EndPoints;
    }
}
