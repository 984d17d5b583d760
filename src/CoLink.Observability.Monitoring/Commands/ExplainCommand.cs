using System.CommandLine;
using CoLink.Observability.Monitoring.Alerts;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Runbooks;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Commands;

internal static class ExplainCommand
{
    public static Command Create(Option<DirectoryInfo> directory)
    {
        var alert = new Argument<string>("ALERT") { Description = "The alert's name, such as CoLinkServiceDown." };
        var command = new Command("explain", "Says of an alert what it means, when it fires, whom it tells and where its runbook is.") { alert };
        command.SetAction(parsed => MonitoringCommand.WithPlatform(parsed, parsed.GetValue(directory)!, platform =>
        {
            var (name, folder) = (parsed.GetValue(alert)!, parsed.GetValue(directory)!.ToString());
            var context = new RuleContext(platform, TimeScale.Real);
            var alerts = AlertCatalogue.All(context);
            var forms = alerts.Where(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToArray();
            if (forms.Length == 0)
            {
                parsed.InvocationConfiguration.Error.WriteLine(Unknown(name, alerts));
                return MonitoringCommand.Invalid;
            }

            Write(parsed.InvocationConfiguration.Output, forms, folder, context);
            return MonitoringCommand.Success;
        }));
        return command;
    }

    private static string Unknown(string name, IReadOnlyList<Alert> alerts)
    {
        var near = Nearest.Of(name, alerts.Select(alert => alert.Name), "CoLink");
        return $"There is no alert '{name}'" + (near.Count == 0 ? $"; {RuleFile.Path} names them." : $"; did you mean {string.Join(", ", near)}?");
    }

    private static void Write(TextWriter output, Alert[] forms, string folder, RuleContext context)
    {
        var page = RunbookPages.Of(context).Single(page => page.Name == forms[0].Name);
        output.WriteLine(page.Name);
        output.WriteLine();
        output.WriteLine(page.Impact);
        output.WriteLine();
        foreach (var form in forms)
        {
            if (form.Form is { } which)
                output.WriteLine($"form:      {which}");
            output.WriteLine($"tells:     {RunbookFiles.Told(form.Severity, context)}");
            output.WriteLine($"service:   {RunbookFiles.Readable(form.Service)}");
            output.WriteLine($"threshold: {form.Threshold}");
            output.WriteLine($"for:       {form.For}");
            output.WriteLine("fires when:");
            foreach (var line in form.Expr.Split('\n'))
                output.WriteLine($"  {line}");
            output.WriteLine();
        }

        output.WriteLine($"runbook:   {Path.Combine(folder, RunbookFiles.Path(page.Name))}");
        output.WriteLine($"dashboard: {context.Platform.Links.Grafana}/d/{forms[0].Dashboard.Uid}");
    }
}
