namespace CoLink.Observability.Tracing.Otlp;

/// <summary>How spans travel.</summary>
public enum OtlpProtocol
{
    /// <summary>gRPC, by convention on port 4317.</summary>
    Grpc,

    /// <summary>Protobuf in an HTTP request, by convention on port 4318.</summary>
    HttpProtobuf,
}
