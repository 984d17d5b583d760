using System.CommandLine;
using CoLink.Observability.Monitoring.Documents;
using CoLink.Observability.Monitoring.Platforms;

namespace CoLink.Observability.Monitoring.Commands;

/// <summary>The tool's door: <c>colink-monitoring render|check|verify|explain</c>.</summary>
internal static class MonitoringCommand
{
    /// <summary>Exit codes: 0 it is as it should be, 1 it is not, 2 the input says what cannot be.</summary>
    public const int Success = 0;
    public const int Different = 1;
    public const int Invalid = 2;

    private static readonly Option<DirectoryInfo> Directory = new("--directory", "-d")
    {
        Description = $"The monitoring directory; {PlatformFile.Name} stands in it.",
        DefaultValueFactory = _ => new DirectoryInfo("monitoring"),
        Recursive = true,
    };

    public static RootCommand Create() => new("Renders and checks the monitoring directory of a platform that uses CoLink.Observability.")
    {
        Directory,
        RenderCommand.Create(Directory),
        CheckCommand.Create(Directory),
        VerifyCommand.Create(Directory),
        ExplainCommand.Create(Directory),
    };

    /// <summary>Runs with the platform of the directory, or says what is wrong with it.</summary>
    public static int WithPlatform(ParseResult parsed, DirectoryInfo directory, Func<Platform, int> run)
    {
        try
        {
            return run(PlatformFile.Load(Path.Combine(directory.ToString(), PlatformFile.Name)));
        }
        catch (PlatformException refused)
        {
            foreach (var problem in refused.Problems)
                parsed.InvocationConfiguration.Error.WriteLine(problem);
            return Invalid;
        }
        catch (DocumentException refused)
        {
            parsed.InvocationConfiguration.Error.WriteLine(refused.Message);
            return Invalid;
        }
    }
}
