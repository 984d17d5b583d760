namespace CoLink.Observability.Tracing.Otlp;

/// <summary>How an export is compressed.</summary>
public enum OtlpCompression
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>With gzip.</summary>
    Gzip,
}
