using CoLink.Observability.Integration.Support;

namespace CoLink.Observability.Integration.Sample;

/// <summary>A search that asks another instance too.</summary>
public sealed class SearchPeerTests
{
    [Fact]
    public async Task A_search_of_everything_finds_the_other_instances_messages_and_what_both_have_once()
    {
        await using var other = await SampleProcess.StartAsync();
        await using var sample = await SampleProcess.StartAsync(new Dictionary<string, string> { ["Services__Search"] = $"{other.Address}", ["Services__Patience"] = "00:01:00" });
        (await sample.SendAsync("hello")).EnsureSuccessStatusCode();
        (await other.SendAsync("hello")).EnsureSuccessStatusCode();
        (await other.SendAsync("hello from afar")).EnsureSuccessStatusCode();

        Assert.Equal(["hello", "hello from afar"], await TitlesAsync(sample, "all"));
        Assert.Equal(["hello"], await TitlesAsync(sample, "messages"));
        Assert.Equal(1, (await other.ScrapeAsync()).Sum("search_queries_total"));
    }

    [Fact]
    public async Task An_instance_that_is_away_costs_its_own_hits_alone()
    {
        await using var sample = await SampleProcess.StartAsync(new Dictionary<string, string> { ["Services__Search"] = "http://127.0.0.1:1" });
        (await sample.SendAsync("hello")).EnsureSuccessStatusCode();

        Assert.Equal(["hello"], await TitlesAsync(sample, "all"));
        Assert.Equal(1, (await sample.ScrapeAsync()).Value("search_queries_total", ("scope", "all"), ("outcome", "success")));
        Assert.Equal(0, await sample.StopAsync());
        Assert.Contains("The other instance was not searched: ", sample.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_address_is_named()
    {
        await using var sample = SampleProcess.Launch(new Dictionary<string, string> { ["Services__Search"] = "elsewhere" });

        Assert.NotEqual(0, await sample.WaitForExitAsync());
        Assert.Contains("Services:Search 'elsewhere' is no address. Allowed: another instance's, such as http://localhost:8012", sample.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Services:Patience", "-00:00:01", "00:00:02")]
    [InlineData("Services:Patience", "soon", "00:00:02")]
    [InlineData("Cache:Patience", "00:00:00", "00:00:00.2500000")]
    [InlineData("Cache:Patience", "01:00:01", "00:00:00.2500000")]
    public async Task A_time_that_cannot_be_waited_for_is_named_at_the_start(string key, string value, string instead)
    {
        await using var sample = SampleProcess.Launch(new Dictionary<string, string> { [key.Replace(":", "__", StringComparison.Ordinal)] = value });

        Assert.NotEqual(0, await sample.WaitForExitAsync());
        Assert.Contains($"{key} '{value}' is no time to wait. Allowed: more than 00:00:00, 01:00:00 at most, such as {instead}", sample.Errors, StringComparison.Ordinal);
    }

    private static async Task<string?[]> TitlesAsync(SampleProcess sample, string scope) =>
    [
        .. (await sample.Client.GetAsync($"/api/search?q=hello&scope={scope}").JsonAsync()).GetProperty("hits").EnumerateArray()
            .Where(hit => hit.GetProperty("kind").GetString() == "message").Select(hit => hit.GetProperty("title").GetString()),
    ];
}
