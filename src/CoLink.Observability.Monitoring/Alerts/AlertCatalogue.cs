using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.Alerts;

/// <summary>Every alert, by what it is about. Their names are a contract: silences and runbooks go by them.</summary>
internal static class AlertCatalogue
{
    public static IReadOnlyList<(string Name, IReadOnlyList<Alert> Alerts)> Groups(RuleContext context) =>
    [
        ("colink-availability", [.. AvailabilityAlerts.Of(context)]),
        ("colink-requests", [.. RequestAlerts.Of(context)]),
        ("colink-error-budgets", [.. BudgetAlerts.Of(context)]),
        ("colink-saturation", [.. SaturationAlerts.Of(context)]),
        ("colink-databases", [.. DatabaseAlerts.Of(context)]),
        ("colink-stores", [.. StoreAlerts.Of(context)]),
        ("colink-kafka", [.. KafkaAlerts.Of(context)]),
        ("colink-websockets", [.. WebSocketAlerts.Of(context)]),
        ("colink-business", [.. BusinessAlerts.Of(context)]),
        ("colink-telemetry", [.. TelemetryAlerts.Of(context)]),
        ("colink-monitoring", [.. MonitoringAlerts.Of(context)]),
    ];

    public static IReadOnlyList<Alert> All(RuleContext context) => [.. Groups(context).SelectMany(group => group.Alerts)];
}
