using System.Text.RegularExpressions;
using CoLink.Observability.Monitoring.Documents;
using CoLink.Observability.Monitoring.Runbooks;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Documents;

/// <summary>The commands of the pages, given to a real Alertmanager.</summary>
public sealed partial class SilenceTests
{
    private const string Config = """
        route: {receiver: nobody}
        receivers: [{name: nobody}]
        """;

    [Fact]
    public async Task Alertmanager_takes_every_command_that_a_page_names()
    {
        using var folder = new TemporaryFolder();
        var amtool = RealServers.Amtool;
        await using var alertmanager = ChildProcess.Start(RealServers.Alertmanager,
            [$"--config.file={folder.Write("alertmanager.yml", Config)}", $"--storage.path={folder.Path}", "--web.listen-address=127.0.0.1:0", "--cluster.listen-address="], folder.Path);
        var address = (await alertmanager.LineAsync(Listening())).Groups[1].Value;

        var commands = Committed.Files.Where(file => file.Path.StartsWith("runbooks/", StringComparison.Ordinal) || file.Path == OperationsDocument.Path)
            .SelectMany(file => DocumentTests.Shell(file.Content))
            .Where(line => line.StartsWith("amtool ", StringComparison.Ordinal) && line.Contains("--alertmanager.url=", StringComparison.Ordinal))
            .Select(line => line.Replace("amtool", amtool, StringComparison.Ordinal).Replace(Committed.Platform.Links.Alertmanager, $"http://{address}", StringComparison.Ordinal))
            .ToArray();
        var script = folder.Write("commands.sh", "set -euo pipefail\nUSER=reader\nSERVICE=users-service\n" + string.Join('\n', commands));
        await Tool.RunAsync("bash", script);

        var silences = await Tool.RunAsync(amtool, "silence", "query", "--quiet", $"--alertmanager.url=http://{address}");
        // One of each page, and two of the operations: for an alert and for a maintenance.
        Assert.Equal(RunbookPages.Of(Committed.Context).Count + 2, silences.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [GeneratedRegex(@"Listening on.* address=(127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();
}
