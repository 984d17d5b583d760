using CoLink.Observability.Http;
using Microsoft.AspNetCore.Http;

namespace CoLink.Observability.Tests.Http;

public sealed class ResponseKindTests
{
    private readonly HttpResponse _response = new DefaultHttpContext().Response;

    [Theory]
    [InlineData(null, false)]
    [InlineData("text/plain", false)]
    [InlineData("text/event-stream", true)]
    [InlineData("TEXT/Event-Stream; charset=utf-8", true)]
    [InlineData("application/grpc", true)]
    [InlineData("application/GRPC-web", true)]
    public void A_response_is_a_stream_by_what_it_says(string? type, bool isStream)
    {
        _response.ContentType = type;

        Assert.Equal(isStream, ResponseKind.IsStream(_response, new HttpRoute("/any")));
    }

    [Fact]
    public void An_endpoint_of_streams_answers_with_streams_and_a_unary_call_with_none_of_grpc()
    {
        _response.ContentType = "text/plain";
        Assert.True(ResponseKind.IsStream(_response, new HttpRoute("/hub") { IsStream = true }));

        _response.ContentType = "application/grpc";
        Assert.False(ResponseKind.IsStream(_response, new HttpRoute("/call") { IsUnaryCall = true }));

        _response.ContentType = "text/event-stream";
        Assert.True(ResponseKind.IsStream(_response, new HttpRoute("/call") { IsUnaryCall = true }));
    }

    [Theory]
    [InlineData("bytes", "\"1\"", "Sat, 28 Nov 2026 00:00:00 GMT", 200, true)]
    [InlineData("none", "\"1\"", "Sat, 28 Nov 2026 00:00:00 GMT", 200, false)]
    [InlineData("bytes", null, "Sat, 28 Nov 2026 00:00:00 GMT", 200, false)]
    [InlineData("bytes", "\"1\"", null, 200, false)]
    [InlineData(null, null, null, 200, false)]
    [InlineData(null, null, null, 416, true)]
    public void Only_static_files_come_with_all_three_headers_or_refuse_a_range(string? ranges, string? tag, string? modified, int status, bool isFile)
    {
        _response.Headers.AcceptRanges = ranges;
        _response.Headers.ETag = tag;
        _response.Headers.LastModified = modified;
        _response.StatusCode = status;

        Assert.Equal(isFile, ResponseKind.IsStaticFile(_response));
    }
}
