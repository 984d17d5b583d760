using System.Net.Sockets;
using System.Security.Authentication;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Tracing.Export;

namespace CoLink.Observability.Tests.Tracing.Export;

public sealed class ExportProblemsTests
{
    [Fact]
    public void Each_reason_has_its_place_among_the_values_of_the_label() => Assert.Equal(
        SelfCatalogue.ExportFailures.Labels[1].Values,
        Enum.GetNames<ExportFailure>().Select(name => name == nameof(ExportFailure.TooLarge) ? "too_large" : name.ToLowerInvariant()));

    public static TheoryData<Exception, string> Exceptions { get; } = new()
    {
        { new HttpRequestException(HttpRequestError.ConnectionError, "x", new SocketException((int)SocketError.ConnectionRefused)), "Unreachable" },
        { new HttpRequestException(HttpRequestError.NameResolutionError, "x"), "Unreachable" },
        { new HttpRequestException(HttpRequestError.ProxyTunnelError, "x"), "Unreachable" },
        { new HttpRequestException(HttpRequestError.ResponseEnded, "x"), "Unreachable" },
        { new HttpRequestException("x", new IOException("y", new SocketException((int)SocketError.ConnectionReset))), "Unreachable" },
        { new HttpRequestException("x", new HttpIOException(HttpRequestError.ResponseEnded)), "Unreachable" },
        { new HttpRequestException(HttpRequestError.SecureConnectionError, "x"), "Tls" },
        { new HttpRequestException("x", new AuthenticationException("y")), "Tls" },
        { new HttpRequestException(HttpRequestError.HttpProtocolError, "x"), "Other" },
        { new HttpRequestException(HttpRequestError.InvalidResponse, "x"), "Other" },
        { new InvalidOperationException("x"), "Other" },
        { new OperationCanceledException("x"), "Other" },
    };

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void An_exception_is_told_by_what_caused_it(Exception exception, string reason)
    {
        Assert.Equal(reason, $"{ExportProblems.Of(exception, isOutOfTime: false).Reason}");
        Assert.Equal(ExportFailure.Timeout, ExportProblems.Of(exception, isOutOfTime: true).Reason);
    }

    [Fact]
    public void A_text_fits_on_a_line_of_the_log()
    {
        var problem = ExportProblems.Of(new InvalidOperationException("one\r\ntwo\u001b[31m \ud800" + new string('x', 1000)), isOutOfTime: false);

        Assert.Equal(ExportProblems.MostText + 1, problem.Cause.Length);
        Assert.StartsWith("one  two [31m  xxx", problem.Cause);
    }
}
