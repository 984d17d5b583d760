using System.CommandLine;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.Commands;

internal static class CheckCommand
{
    public static Command Create(Option<DirectoryInfo> directory)
    {
        var command = new Command("check", "Renders in memory and compares: exit code 0 where every file is as it should be, 1 with the differences where not.");
        command.SetAction(parsed => MonitoringCommand.WithPlatform(parsed, parsed.GetValue(directory)!, platform =>
        {
            var target = parsed.GetValue(directory)!.ToString();
            var files = MonitoringDirectory.Render(platform, TimeScale.Real);
            var differences = RenderedDirectory.Compare(target, files);
            foreach (var difference in differences)
                parsed.InvocationConfiguration.Error.WriteLine(difference);
            if (differences.Count == 0)
                parsed.InvocationConfiguration.Output.WriteLine($"{files.Count} files in {target} are as rendered.");
            else
                parsed.InvocationConfiguration.Error.WriteLine($"{differences.Count} files in {target} are not as rendered: run 'colink-monitoring render' and read the difference.");
            return differences.Count == 0 ? MonitoringCommand.Success : MonitoringCommand.Different;
        }));
        return command;
    }
}
