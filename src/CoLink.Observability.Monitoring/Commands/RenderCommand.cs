using System.CommandLine;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.Commands;

internal static class RenderCommand
{
    public static Command Create(Option<DirectoryInfo> directory)
    {
        var output = new Option<DirectoryInfo?>("--output", "-o") { Description = "Where to write; by default the monitoring directory itself." };
        var scale = new Option<decimal>("--time-scale")
        {
            Description = "Divides every range, pause and interval, so that a test sees in seconds what takes minutes. Not for production.",
            DefaultValueFactory = _ => 1,
        };
        scale.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<decimal>() is < 1 or > 3600)
                result.AddError("--time-scale takes a number from 1 to 3600.");
        });
        var command = new Command("render", "Writes every file that follows from the catalogue and the platform, and removes what no longer does.") { output, scale };
        command.SetAction(parsed => MonitoringCommand.WithPlatform(parsed, parsed.GetValue(directory)!, platform =>
        {
            var target = parsed.GetValue(output) ?? parsed.GetValue(directory)!;
            var files = MonitoringDirectory.Render(platform, new TimeScale(parsed.GetValue(scale)));
            var changes = RenderedDirectory.Write(target.ToString(), files);
            foreach (var change in changes)
                parsed.InvocationConfiguration.Output.WriteLine(change);
            parsed.InvocationConfiguration.Output.WriteLine($"{files.Count} files in {target}, {changes.Count} changed.");
            return MonitoringCommand.Success;
        }));
        return command;
    }
}
