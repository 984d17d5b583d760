using Grpc.Core;

namespace CoLink.Observability.Tests.Http.RouteTable;

/// <summary>What generated code would be: a service base that names how it is bound.</summary>
[BindServiceMethod(typeof(EchoServiceBase), nameof(Bind))]
public abstract class EchoServiceBase
{
    public static void Bind(ServiceBinderBase binder, EchoServiceBase? service)
    {
        binder.AddMethod(EchoService.UnaryMethod, service is null ? null : new UnaryServerMethod<string, string>(service.Unary));
        binder.AddMethod(EchoService.StreamingMethod, service is null ? null : new ServerStreamingServerMethod<string, string>(service.Streaming));
    }

    public abstract Task<string> Unary(string request, ServerCallContext context);

    public abstract Task Streaming(string request, IServerStreamWriter<string> responses, ServerCallContext context);
}

public sealed class EchoService : EchoServiceBase
{
    public static readonly Method<string, string> UnaryMethod = Of(MethodType.Unary, nameof(Unary));
    public static readonly Method<string, string> StreamingMethod = Of(MethodType.ServerStreaming, nameof(Streaming));
    public static readonly Method<string, string> MissingMethod = Of(MethodType.Unary, "Missing");

    public override Task<string> Unary(string request, ServerCallContext context) =>
        request == "fail" ? throw new RpcException(new Status(StatusCode.NotFound, "no such echo")) : Task.FromResult(request);

    public override async Task Streaming(string request, IServerStreamWriter<string> responses, ServerCallContext context)
    {
        for (var i = 0; i < 3; i++)
            await responses.WriteAsync(request);
    }

    private static Method<string, string> Of(MethodType type, string name) =>
        new(type, "test.Echo", name, Marshallers.StringMarshaller, Marshallers.StringMarshaller);
}
