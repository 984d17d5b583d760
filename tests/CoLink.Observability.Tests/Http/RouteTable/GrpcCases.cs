using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Http.RouteTable;

/// <summary>gRPC, with a service written by hand instead of generated.</summary>
internal static class GrpcCases
{
    public static IEnumerable<RouteCase> All =>
    [
        Call("gRPC, unary", EchoService.UnaryMethod, (calls, method) => calls.AsyncUnaryCall(method, null, default, "hello").ResponseAsync),
        Call("gRPC, unary, fails", EchoService.UnaryMethod, (calls, method) => calls.AsyncUnaryCall(method, null, default, "fail").ResponseAsync),
        Call("gRPC, server streaming", EchoService.StreamingMethod, async (calls, method) =>
        {
            using var call = calls.AsyncServerStreamingCall(method, null, default, "hello");
            while (await call.ResponseStream.MoveNext(default))
            {
            }
        }),
        Call("gRPC, method that does not exist", EchoService.MissingMethod, (calls, method) => calls.AsyncUnaryCall(method, null, default, "hello").ResponseAsync),
        RouteCase.Of("gRPC through a proxy's endpoint", "POST", "/proxied.Service/Method", app => app.MapPost("/{**path}", (HttpContext context) =>
        {
            context.Response.ContentType = "application/grpc";
            return Task.CompletedTask;
        })),
    ];

    private static RouteCase Call(string name, Method<string, string> method, Func<CallInvoker, Method<string, string>, Task> call) =>
        new(name, $"POST {method.FullName}", app => app.MapGrpcService<EchoService>(), async client =>
        {
            using var channel = GrpcChannel.ForAddress(client.Second, new GrpcChannelOptions { HttpHandler = client.Handler, DisposeHttpClient = false });
            try
            {
                await call(channel.CreateCallInvoker(), method).WaitAsync(RouteClient.Bound);
                return "OK";
            }
            catch (RpcException failed)
            {
                return failed.StatusCode.ToString();
            }
        })
        {
            Builder = builder =>
            {
                Listeners.H2c(builder);
                builder.Services.AddGrpc();
            },
        };
}
