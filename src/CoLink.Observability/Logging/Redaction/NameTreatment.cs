namespace CoLink.Observability.Logging.Redaction;

/// <summary>What a name says about the values under it.</summary>
internal enum NameTreatment
{
    /// <summary>They are shown.</summary>
    None,

    /// <summary>They are never shown.</summary>
    Hidden,

    /// <summary>A query string: never shown, but that there is none.</summary>
    Query,

    /// <summary>A path, of which segments may be secrets.</summary>
    Path,

    /// <summary>The texts of scopes, rendered before anybody could look at what is in them.</summary>
    Scope,
}

internal static class NameTreatments
{
    /// <summary>A list or an object in a path's place holds paths; scopes are the event's own.</summary>
    public static NameTreatment Within(this NameTreatment own, NameTreatment outer) => own is NameTreatment.None or NameTreatment.Scope ? outer : own;
}
