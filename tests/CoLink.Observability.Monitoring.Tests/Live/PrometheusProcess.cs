using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CoLink.Observability.Monitoring.Tests.Live;

/// <summary>A real Prometheus on a free loopback port, with a configuration of its own.</summary>
internal sealed partial class PrometheusProcess : IAsyncDisposable
{
    private readonly TemporaryFolder _data;
    private readonly ChildProcess _process;
    private readonly HttpClient _client;

    private PrometheusProcess(TemporaryFolder data, ChildProcess process, Uri address) =>
        (_data, _process, _client, Address) = (data, process, new HttpClient { BaseAddress = address }, address);

    public Uri Address { get; }

    public string Output => _process.Output;

    /// <param name="configuration">Its rules are looked for beside it.</param>
    /// <param name="port">Where it listens on the loopback: it scrapes itself, so its configuration must know.</param>
    /// <param name="data">What it finds there already, such as backfilled blocks.</param>
    /// <param name="arguments">More of its arguments.</param>
    public static async Task<PrometheusProcess> StartAsync(string configuration, int port, TemporaryFolder? data = null, params string[] arguments)
    {
        data ??= new TemporaryFolder();
        var process = ChildProcess.Start(
            RealServers.Prometheus,
            [
                $"--config.file={configuration}", $"--storage.tsdb.path={data.Path}", $"--web.listen-address=127.0.0.1:{port}", "--enable-feature=exemplar-storage",
                "--rules.alert.resend-delay=1s", .. arguments,
            ],
            data.Path);
        try
        {
            await process.LineAsync(Ready());
            return new PrometheusProcess(data, process, new Uri($"http://127.0.0.1:{port}"));
        }
        catch
        {
            await process.DisposeAsync();
            data.Dispose();
            throw;
        }
    }

    /// <summary>How many series an instant query gives; what Prometheus refuses is said with its reason.</summary>
    public async Task<int> CountAsync(string query)
    {
        var data = await GetAsync("/api/v1/query?query=" + Uri.EscapeDataString(query));
        return data.GetProperty("resultType").GetString() is "scalar" or "string" ? 1 : data.GetProperty("result").GetArrayLength();
    }

    /// <summary>The value of the one series of a query; null where there is none.</summary>
    public async Task<double?> ValueAsync(string query)
    {
        var result = (await GetAsync("/api/v1/query?query=" + Uri.EscapeDataString(query))).GetProperty("result");
        return result.GetArrayLength() == 1 ? double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>The alerts that are firing, as name and service.</summary>
    public async Task<IReadOnlyList<(string Name, string Service, string Severity)>> FiringAsync() =>
    [
        .. (await GetAsync("/api/v1/alerts")).GetProperty("alerts").EnumerateArray()
            .Where(alert => alert.GetProperty("state").GetString() == "firing")
            .Select(alert => alert.GetProperty("labels"))
            .Select(labels => (Text(labels, "alertname"), Text(labels, "service"), Text(labels, "severity"))),
    ];

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
        _data.Dispose();
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await _client.GetAsync(path);
        using var document = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());
        return answer.IsSuccessStatusCode
            ? document.RootElement.GetProperty("data").Clone()
            : throw new InvalidOperationException($"{Uri.UnescapeDataString(path)}: {document.RootElement.GetProperty("error").GetString()}");
    }

    private static string Text(JsonElement labels, string name) => labels.TryGetProperty(name, out var value) ? value.GetString()! : "";

    [GeneratedRegex("Server is ready to receive web requests")]
    private static partial Regex Ready();
}
