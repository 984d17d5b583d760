using System.CommandLine;
using System.Net.Http.Headers;
using CoLink.Observability.Monitoring.PromQl;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Verification;

namespace CoLink.Observability.Monitoring.Commands;

internal static class VerifyCommand
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    public static Command Create(Option<DirectoryInfo> directory)
    {
        var metrics = new Option<Uri[]>("--metrics", "-m")
        {
            Description = "The /metrics addresses of the running services; all of them together must have what is queried.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
            CustomParser = result => [.. result.Tokens.Select(token =>
            {
                if (Uri.TryCreate(token.Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
                    return address;
                result.AddError($"--metrics takes addresses such as http://localhost:8002/metrics, not '{token.Value}'.");
                return new Uri("http://localhost");
            })],
        };
        var token = new Option<string?>("--bearer-token-file") { Description = "A file with the token that guards /metrics." };
        var command = new Command("verify", "Compares what rules, dashboards and runbooks query with what live endpoints serve: exit code 1 names what is missing.") { metrics, token };
        command.SetAction((parsed, cancellation) => VerifyAsync(parsed, parsed.GetValue(directory)!, parsed.GetValue(metrics)!, parsed.GetValue(token), cancellation));
        return command;
    }

    private static async Task<int> VerifyAsync(ParseResult parsed, DirectoryInfo directory, Uri[] addresses, string? tokenFile, CancellationToken cancellation)
    {
        var (output, errors) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var live = new LiveMetrics();
        try
        {
            using var client = Client(tokenFile);
            foreach (var address in addresses)
                live.Add(await ReadAsync(client, address, cancellation));
        }
        catch (Exception failed) when (failed is HttpRequestException or FormatException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            await errors.WriteLineAsync(failed.Message);
            return MonitoringCommand.Invalid;
        }

        return MonitoringCommand.WithPlatform(parsed, directory, platform =>
        {
            var context = new RuleContext(platform, TimeScale.Real);
            var queries = AllQueries.Of(context).ToArray();
            var missing = Verifier.Missing(queries, new KnownMetrics(context), live);
            foreach (var problem in missing)
                errors.WriteLine(problem);
            output.WriteLine($"{queries.Length} queries against {live.Count} series names of {addresses.Length} endpoints: {missing.Count} missing.");
            return missing.Count == 0 ? MonitoringCommand.Success : MonitoringCommand.Different;
        });
    }

    private static HttpClient Client(string? tokenFile)
    {
        var client = new HttpClient { Timeout = Bound };
        if (tokenFile is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(tokenFile).Trim());
        client.DefaultRequestHeaders.Accept.ParseAdd("text/plain;version=0.0.4");
        return client;
    }

    private static async Task<string> ReadAsync(HttpClient client, Uri address, CancellationToken cancellation)
    {
        try
        {
            return await client.GetStringAsync(address, cancellation);
        }
        catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException)
        {
            throw new HttpRequestException($"{address} does not answer: {failed.Message}", failed);
        }
    }
}
