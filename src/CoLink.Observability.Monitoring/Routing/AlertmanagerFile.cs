using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Routing;

/// <summary>Who is told of what. Every secret is a file.</summary>
internal static class AlertmanagerFile
{
    public const string Path = "alertmanager.yml";

    public const string Default = "default";
    public const string Slack = "slack";
    public const string PagerDuty = "pagerduty";
    public const string DeadMan = "dead-man";
    public const string Nobody = "null";

    public static RenderedFile Render(RuleContext context) => new(Path, Yaml.Write(Headers.Rendered, Configuration(context)));

    /// <summary>The chart's values hold the same.</summary>
    public static Map Configuration(RuleContext context) => new()
    {
        { "global", new Map
        {
            { "resolve_timeout", context.Time["5m"] },
            { "smtp_smarthost", context.Platform.Receivers.SmtpHost },
            { "smtp_from", context.Platform.Receivers.EmailFrom },
        } },
        { "route", Route(context.Time) },
        { "inhibit_rules", Inhibitions.Of(context.Platform).Select(inhibition => inhibition.ToMap()) },
        { "receivers", Receivers(context.Platform.Receivers) },
    };

    private static Map Route(TimeScale time) => new()
    {
        { "receiver", Default },
        { "group_by", Map.List("alertname", "cluster", "service") },
        { "group_wait", time["10s"] },
        { "group_interval", time["10s"] },
        { "repeat_interval", time["12h"] },
        { "routes", new[]
        {
            // Where the two are equal, only every second interval sends.
            // Ours alone: that of another set of rules would go on feeding the dead man when these are gone.
            Child(["alertname=\"Watchdog\"", "service=\"monitoring\""], DeadMan, "1s", "1m", "50s", time),
            Child(["severity=\"none\""], Nobody, "30s", "5m", "12h", time),
            // Beside a louder alert of the same service alone: it waits for the InfoInhibitor, which sees it two evaluations later.
            Child(["severity=\"info\""], Slack, "2m", "5m", "12h", time),
            Child(["severity=\"critical\""], PagerDuty, "10s", "1m", "1h", time),
            Child(["severity=\"warning\""], Slack, "30s", "5m", "12h", time),
        } },
    };

    private static Map Child(string[] matchers, string receiver, string wait, string interval, string repeat, TimeScale time) => new()
    {
        { "matchers", matchers },
        { "receiver", receiver },
        { "group_wait", time[wait] },
        { "group_interval", time[interval] },
        { "repeat_interval", time[repeat] },
    };

    private static Map DeadManUrl(Receivers to) => to.DeadManUrl.Length > 0 ? new() { { "url", to.DeadManUrl } }
        : new() { { "url_file", to.DeadManUrlFile, "Since Alertmanager 0.26; an older one needs receivers.deadManUrl." } };

    private static Map[] Receivers(Receivers to) =>
    [
        new()
        {
            { "name", Default },
            { "email_configs", new[] { new Map { { "to", to.EmailTo }, { "send_resolved", true }, { "headers", new Map { { "Subject", Messages.Title } } }, { "html", "" }, { "text", Messages.Text } } } },
        },
        new()
        {
            { "name", Slack },
            { "slack_configs", new[]
            {
                new Map
                {
                    { "api_url_file", to.SlackUrlFile },
                    { "channel", to.SlackChannel },
                    { "send_resolved", true },
                    { "title", Messages.Title },
                    { "title_link", Messages.Runbook },
                    { "text", Messages.Text },
                },
            } },
        },
        new()
        {
            { "name", PagerDuty },
            { "pagerduty_configs", new[]
            {
                new Map
                {
                    { "routing_key_file", to.PagerDutyKeyFile },
                    { "send_resolved", true },
                    { "description", Messages.Title },
                    { "details", new Map { { "alerts", Messages.Text } } },
                    { "links", new[]
                    {
                        new Map { { "href", Messages.Runbook }, { "text", "Runbook" } },
                        new Map { { "href", Messages.Dashboard }, { "text", "Dashboard" } },
                    } },
                },
            } },
        },
        new()
        {
            { "name", DeadMan },
            { "webhook_configs", new[] { DeadManUrl(to).With("send_resolved", false) } },
        },
        new() { { "name", Nobody } },
    ];
}
