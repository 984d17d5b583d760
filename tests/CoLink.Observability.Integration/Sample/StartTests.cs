using System.Net;
using System.Net.Sockets;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Sample;

public sealed class StartTests
{
    [Fact]
    public void Program_fits_on_a_screen_with_one_line_of_observability()
    {
        var lines = File.ReadAllLines(Path.Combine(Golden.Root, "samples/MessagingService/Program.cs"));

        Assert.InRange(lines.Length, 5, 45);
        Assert.Equal(["builder.AddCoLinkObservability();"], lines.Where(line => line.Contains("observability", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task It_runs_from_any_directory_with_its_page_and_leaves_nothing_there()
    {
        var elsewhere = Directory.CreateTempSubdirectory("messaging-service-test-");
        await using (var sample = await SampleProcess.StartAsync(new Dictionary<string, string> { ["TMPDIR"] = elsewhere.FullName }, elsewhere.FullName))
        {
            var page = await sample.Client.GetStringAsync("/");
            Assert.Contains("href=\"/metrics\"", page, StringComparison.Ordinal);
            Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
            Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await sample.Client.GetAsync("/page.js")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await sample.Client.GetAsync("/page.css")).StatusCode);
            Assert.Equal(0, await sample.StopAsync());
        }

        Assert.Empty(elsewhere.EnumerateFileSystemInfos());
        elsewhere.Delete();
    }

    [Fact]
    public async Task Two_instances_do_not_see_each_other()
    {
        await using var first = await SampleProcess.StartAsync();
        await using var second = await SampleProcess.StartAsync();
        await first.RegisterAsync("ada@example.com");

        Assert.Equal(HttpStatusCode.Created, (await second.RegisterAsync("ada@example.com")).StatusCode);
        Assert.Equal(1, (await first.ScrapeAsync()).Sum("user_registrations_total"));
        Assert.Equal(1, (await second.ScrapeAsync()).Sum("user_registrations_total"));
    }

    [Fact]
    public async Task Instances_that_start_at_once_on_one_database_share_it()
    {
        var folder = Directory.CreateTempSubdirectory("messaging-service-test-");
        var settings = new Dictionary<string, string> { ["ConnectionStrings__Sqlite"] = $"Data Source={Path.Combine(folder.FullName, "messages.db")}" };
        var samples = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => SampleProcess.StartAsync(settings)));

        Assert.Equal(HttpStatusCode.Created, (await samples[0].RegisterAsync("ada@example.com")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await samples[1].RegisterAsync("ada@example.com")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await samples[2].RegisterAsync("ada@example.com")).StatusCode);

        foreach (var sample in samples)
            await sample.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("ASPNETCORE_URLS", "http://127.0.0.1:0")]
    [InlineData("DOTNET_URLS", "http://127.0.0.1:0")]
    [InlineData("ASPNETCORE_HTTP_PORTS", "0")]
    public async Task The_environment_says_where_it_listens(string variable, string value)
    {
        await using var sample = await SampleProcess.StartAsync(new Dictionary<string, string> { [variable] = value }, arguments: "--nothing=here");

        Assert.NotEqual(8002, sample.Address.Port);
    }

    [Fact]
    public async Task Without_a_word_it_listens_on_8002_or_says_that_it_is_taken()
    {
        await using var sample = SampleProcess.Launch();

        var listens = await EventuallyAsync(() => sample.Output.Contains("Now listening on: http://[::]:8002", StringComparison.Ordinal) || sample.Errors.Length > 0);

        Assert.True(listens);
        if (sample.Errors.Length > 0)
            Assert.Contains(":8002: address already in use. Choose another address: --urls http://localhost:8012", sample.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://localhost")]
    [InlineData("http://*")]
    public async Task A_port_that_is_taken_is_one_line_that_names_it_and_a_way_out(string address)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var sample = SampleProcess.Launch(arguments: ["--urls", $"{address}:{port}"]);

        Assert.Equal(1, await sample.WaitForExitAsync());
        Assert.Matches($@"^Failed to bind to address http://\S+:{port}: address already in use\. Choose another address: --urls http://localhost:8012$", sample.Errors);
        Assert.Equal(sample.Errors, sample.Output);
    }

    [Theory]
    [InlineData("nonsense", "Invalid url: 'nonsense'.")]
    [InlineData("http://192.0.2.1:8012", "Cannot assign requested address.")]
    public async Task An_address_it_cannot_listen_on_is_one_line_too(string address, string error)
    {
        await using var sample = SampleProcess.Launch(arguments: ["--urls", address]);

        Assert.Equal(1, await sample.WaitForExitAsync());
        Assert.Equal($"{error} Choose another address: --urls http://localhost:8012", sample.Errors);
    }

    [Fact]
    public async Task A_database_that_is_away_leaves_it_running_and_not_ready()
    {
        var settings = new Dictionary<string, string> { ["ConnectionStrings__Postgres"] = "Host=127.0.0.1;Port=1;Username=nobody", ["ConnectionStrings__Redis"] = "127.0.0.1:1" };
        await using var sample = SampleProcess.Launch(settings, arguments: ["--urls", "http://127.0.0.1:0"]);

        await sample.SaysAsync("Open http://");
        await sample.SaysAsync("The database is not ready, trying again in a second: Connection refused");
        Assert.Equal(0, await sample.StopAsync());
    }

    private static async Task<bool> EventuallyAsync(Func<bool> condition)
    {
        for (var i = 0; i < 6000 && !condition(); i++)
            await Task.Delay(10);
        return condition();
    }
}
