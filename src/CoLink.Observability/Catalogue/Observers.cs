namespace CoLink.Observability.Catalogue;

/// <summary>The library's own observers, as <c>colink_telemetry_observer_errors_total</c> names them.</summary>
internal static class Observers
{
    public const string Http = "http";
    public const string Runtime = "runtime";
    public const string Meters = "meters";
    public const string Exposition = "exposition";
    public const string StaticRegistry = "static_registry";
    public const string Registry = "registry";

    public static readonly string[] All = [Http, Runtime, Meters, Exposition, StaticRegistry, Registry];
}
