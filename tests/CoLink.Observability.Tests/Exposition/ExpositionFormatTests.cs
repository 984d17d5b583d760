using CoLink.Observability.Exposition;
using Microsoft.AspNetCore.Http;

namespace CoLink.Observability.Tests.Exposition;

public sealed class ExpositionFormatTests
{
    private const string Prometheus230 = "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    private const string Prometheus242 = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    private const string Prometheus3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
    private const string Prometheus3TextFirst = "text/plain;version=0.0.4;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.4";
    private const string Prometheus3Protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("text/plain", false)]
    [InlineData("text/plain;version=0.0.4", false)]
    [InlineData("application/openmetrics-text", true)]
    [InlineData("APPLICATION/OpenMetrics-Text; Version=1.0.0", true)]
    [InlineData("application/openmetrics-text; version=\"1.0.0\"; charset=utf-8", true)]
    [InlineData("application/openmetrics-text;version=0.0.1", false)]
    [InlineData("application/openmetrics-text;version=2.0.0", false)]
    [InlineData(Prometheus230, false)]
    [InlineData(Prometheus242, true)]
    [InlineData(Prometheus3, true)]
    [InlineData(Prometheus3TextFirst, false)]
    [InlineData(Prometheus3Protobuf, true)]
    [InlineData(Browser, false)]
    [InlineData("*/*", false)]
    [InlineData("application/*", false)]
    [InlineData("application/json", false)]
    [InlineData("application/openmetrics-text;q=0", false)]
    [InlineData("application/openmetrics-text;q=0,text/plain;q=0", false)]
    [InlineData("application/openmetrics-text,text/plain", true)]
    [InlineData("text/plain,application/openmetrics-text", true)]
    [InlineData("application/openmetrics-text;q=0.4,text/plain;q=0.5", false)]
    [InlineData("application/openmetrics-text;q=0.5,*/*;q=0.8", false)]
    [InlineData("application/openmetrics-text;q=0.5,text/*;q=0.8", false)]
    [InlineData("application/openmetrics-text;q=0.5,text/plain;q=0.1,*/*;q=0.8", true)]
    [InlineData("application/openmetrics-text;q=abc", true)]
    [InlineData("garbage", false)]
    [InlineData(";;;,,,===", false)]
    [InlineData("garbage, application/openmetrics-text", true)]
    public void OpenMetrics_is_for_those_who_name_it_and_prefer_it(string? accept, bool openMetrics) =>
        Assert.Equal(openMetrics, ExpositionFormat.WantsOpenMetrics(Request("Accept", accept)));

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("gzip", true)]
    [InlineData("GZip", true)]
    [InlineData("br, gzip", true)]
    [InlineData("deflate, gzip;q=1.0, *;q=0.5", true)]
    [InlineData("gzip;q=0.1", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("gzip;q=0.000", false)]
    [InlineData("br", false)]
    [InlineData("*", false)]
    [InlineData("identity", false)]
    [InlineData("identity;q=1, gzip;q=0.5", false)]
    [InlineData("identity;q=0.5, gzip", true)]
    [InlineData("xgzip", false)]
    [InlineData(";;;", false)]
    public void Gzip_is_for_those_who_name_it(string? acceptEncoding, bool gzip) =>
        Assert.Equal(gzip, ExpositionFormat.WantsGzip(Request("Accept-Encoding", acceptEncoding)));

    private static HttpRequest Request(string header, string? value)
    {
        var context = new DefaultHttpContext();
        if (value is not null)
            context.Request.Headers[header] = value;
        return context.Request;
    }
}
