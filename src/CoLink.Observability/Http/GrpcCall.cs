using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace CoLink.Observability.Http;

internal enum GrpcCallKind
{
    None,
    Unary,
    Stream,
}

/// <summary>Whether an endpoint is a gRPC method, and of which kind, read by name: the library does not depend on gRPC.</summary>
internal static class GrpcCall
{
    private const string MetadataType = "Grpc.AspNetCore.Server.GrpcMethodMetadata";

    /// <summary>A call whose kind was trimmed away is taken for a stream: it is counted, and not timed.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Where the properties were trimmed away, the call is taken for a stream.")]
    public static GrpcCallKind Of(Endpoint endpoint)
    {
        foreach (var metadata in endpoint.Metadata)
        {
            if (metadata.GetType().FullName != MetadataType)
                continue;
            var method = metadata.GetType().GetProperty("Method")?.GetValue(metadata);
            var kind = method?.GetType().GetInterface("Grpc.Core.IMethod")?.GetProperty("Type")?.GetValue(method)?.ToString();
            return kind == "Unary" ? GrpcCallKind.Unary : GrpcCallKind.Stream;
        }

        return GrpcCallKind.None;
    }
}
