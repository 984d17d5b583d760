using System.Collections;

namespace CoLink.Observability.Integration.Support;

/// <summary>The SDK's command line.</summary>
internal static class DotnetCli
{
    /// <summary>A restore on a slow line is the longest thing asked of it.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(4);

    public static string Program { get; } = System.Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>What a user's shell would have: not the variables of the SDK that runs the tests, and no process that stays behind.</summary>
    public static IReadOnlyDictionary<string, string?> Environment { get; } = OwnEnvironment();

    /// <summary>Runs it to its end, which must be a good one, and gives its output.</summary>
    public static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        await using var dotnet = ChildProcess.Start(Program, arguments, folder, Environment);
        var code = await dotnet.ExitAsync(Bound);
        Assert.True(code == 0, $"dotnet {string.Join(' ', arguments)} ended with {code}:\n{dotnet.Output}");
        return dotnet.Output;
    }

    private static Dictionary<string, string?> OwnEnvironment()
    {
        var changes = new Dictionary<string, string?>();
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
                || name.StartsWith("TESTINGPLATFORM_", StringComparison.Ordinal) || name.StartsWith("CoLink__", StringComparison.OrdinalIgnoreCase) || name is "DOTNET_ENVIRONMENT" or "DOTNET_CLI_TEST_COMMAND_WORKING_DIRECTORY")
                changes[name] = null;
        }

        changes["DOTNET_NOLOGO"] = "1";
        changes["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        changes["MSBUILDDISABLENODEREUSE"] = "1";
        changes["UseSharedCompilation"] = "false";

        // Advisories are asked for over the network, at each restore, and are no part of what is proven here.
        changes["NuGetAudit"] = "false";
        return changes;
    }
}
