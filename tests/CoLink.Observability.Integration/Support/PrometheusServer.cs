using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Support;

/// <summary>One scrape job: its name and the one target it scrapes.</summary>
internal sealed record ScrapeJob(string Name, Uri Target, string? BearerToken = null);

/// <summary>A real Prometheus on a free loopback port that scrapes each second.</summary>
internal sealed partial class PrometheusServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly ChildProcess _process;
    private readonly HttpClient _client;

    private PrometheusServer(TemporaryFolder folder, ChildProcess process, Uri address)
    {
        _folder = folder;
        _process = process;
        _client = new HttpClient { BaseAddress = address };
    }

    public static async Task<PrometheusServer> StartAsync(params ScrapeJob[] jobs)
    {
        var program = RealServers.Prometheus;
        var folder = new TemporaryFolder();
        var configuration = folder.Write("prometheus.yml", Configuration(jobs));
        var process = ChildProcess.Start(
            program,
            [
                $"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(folder.Path, "data")}", "--web.listen-address=127.0.0.1:0",
                "--enable-feature=exemplar-storage",
            ],
            folder.Path);
        try
        {
            var address = await process.LineAsync(Listening());
            await process.LineAsync(Ready());
            return new PrometheusServer(folder, process, new Uri($"http://{address.Groups["address"].Value}"));
        }
        catch
        {
            await process.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>What the last scrapes stored, without the labels that the scrape itself adds.</summary>
    public async Task<IReadOnlyList<Scrape.SampleLine>> QueryAsync(string query)
    {
        var result = await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}");
        return [.. result.GetProperty("result").EnumerateArray().Select(Sample)];
    }

    /// <summary>Waits until what is stored satisfies.</summary>
    public Task<IReadOnlyList<Scrape.SampleLine>> QueryUntilAsync(string query, Func<IReadOnlyList<Scrape.SampleLine>, bool> satisfied)
    {
        IReadOnlyList<Scrape.SampleLine> last = [];
        return Wait.ForAsync(
            async () => satisfied(last = await QueryAsync(query)) ? last : null,
            () => $"{query} is\n{string.Join('\n', last)}\n{_process.Output}");
    }

    /// <summary>Waits until the one series of a query has the value.</summary>
    public Task ValueAsync(string query, double value) => QueryUntilAsync(query, samples => samples.Count == 1 && samples[0].Value == value);

    /// <summary>The trace ids of the exemplars stored for a query.</summary>
    public async Task<IReadOnlyList<string?>> ExemplarTracesAsync(string query)
    {
        var now = DateTimeOffset.UtcNow;
        var result = await GetAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"/api/v1/query_exemplars?query={Uri.EscapeDataString(query)}&start={now.AddHours(-1).ToUnixTimeSeconds()}&end={now.AddHours(1).ToUnixTimeSeconds()}"));
        return
        [
            .. result.EnumerateArray().SelectMany(series => series.GetProperty("exemplars").EnumerateArray())
                .Select(exemplar => exemplar.GetProperty("labels").GetProperty("trace_id").GetString()),
        ];
    }

    /// <summary>Why the last scrape of a job failed; empty where it did not.</summary>
    public async Task<string> LastErrorAsync(string job)
    {
        var result = await GetAsync("/api/v1/targets");
        return result.GetProperty("activeTargets").EnumerateArray()
            .Single(target => target.GetProperty("labels").GetProperty("job").GetString() == job)
            .GetProperty("lastError").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static string Configuration(ScrapeJob[] jobs)
    {
        var text = new StringBuilder("global:\n  scrape_interval: 1s\nscrape_configs:\n");
        foreach (var (name, target, token) in jobs)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - job_name: {name}\n");
            if (token is not null)
                text.Append(CultureInfo.InvariantCulture, $"    authorization:\n      type: Bearer\n      credentials: {token}\n");
            text.Append(CultureInfo.InvariantCulture, $"    static_configs:\n      - targets: ['{target.Authority}']\n");
        }

        return text.ToString();
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        await using var stream = await _client.GetStreamAsync(path);
        using var document = await JsonDocument.ParseAsync(stream);
        return document.RootElement.GetProperty("data").Clone();
    }

    private static Scrape.SampleLine Sample(JsonElement series)
    {
        var labels = series.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!);
        labels.Remove("__name__", out var name);
        labels.Remove("job");
        labels.Remove("instance");
        return new Scrape.SampleLine(name ?? "", labels, double.Parse(series.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture));
    }

    // The log says which port it got: no other program can take it in between.
    [GeneratedRegex("msg=\"?Listening on\"? address=(?<address>[0-9.]+:[0-9]+)")]
    private static partial Regex Listening();

    [GeneratedRegex("Server is ready to receive web requests")]
    private static partial Regex Ready();
}
