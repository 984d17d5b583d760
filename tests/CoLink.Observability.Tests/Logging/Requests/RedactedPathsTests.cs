using CoLink.Observability.Logging.Requests;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Logging.Requests;

public sealed class RedactedPathsTests
{
    [Theory]
    [InlineData("/reset/{token}", "/reset/abc", "/reset/[redacted]")]
    [InlineData("/reset/{token}", "/RESET/abc", "/RESET/[redacted]")]
    [InlineData("/reset/{token}", "/reset/abc/", "/reset/[redacted]")]
    [InlineData("/reset/{token}", "/reset", "/reset")]
    [InlineData("/reset/{token}", "/reset/abc/more", "/reset/abc/more")]
    [InlineData("/reset/{token}", "/other/abc", "/other/abc")]
    [InlineData("/reset/{token:guid}", "/reset/abc", "/reset/[redacted]")]
    [InlineData("/reset/{token?}", "/reset/abc", "/reset/[redacted]")]
    [InlineData("/reset/{token=none}", "/reset/abc", "/reset/[redacted]")]
    [InlineData("/reset/{token}/confirm", "/reset/abc/confirm", "/reset/[redacted]/confirm")]
    [InlineData("/reset/{token}/confirm", "/reset/abc", "/reset/[redacted]")]
    [InlineData("/users/{id}/reset/{token}", "/users/7/reset/abc", "/users/7/reset/[redacted]")]
    [InlineData("/files/{*token}", "/files/a/b/c", "/files/[redacted]/[redacted]/[redacted]")]
    [InlineData("/files/{name}.{token}", "/files/a.b", "/files/[redacted]")]
    [InlineData("/files/{name}", "/files/token", "/files/token")]
    [InlineData("{token}", "/abc", "/[redacted]")]
    [InlineData("/", "/", "/")]
    public void The_value_of_a_secret_parameter_is_replaced(string template, string path, string expected)
    {
        var paths = Paths();

        paths.Learn([Endpoint(template)]);

        Assert.Equal(expected, paths.Redact(path));
        Assert.Equal(expected.TrimEnd('/'), paths.Redact(paths.Redact(path)).TrimEnd('/'));
    }

    [Fact]
    public void Every_route_that_could_have_taken_the_path_has_its_say()
    {
        var paths = Paths();

        paths.Learn([Endpoint("/{tenant}/reset/{token}"), Endpoint("/a/{token}/{id}"), Endpoint("/plain")]);

        Assert.Equal("/a/[redacted]/[redacted]", paths.Redact("/a/reset/abc"));
    }

    [Fact]
    public void A_conventional_route_is_told_by_its_controller_and_action()
    {
        var paths = Paths();
        var pattern = RoutePatternFactory.Parse("{controller}/{action}/{token?}", defaults: null, parameterPolicies: null, requiredValues: new { controller = "Account", action = "Reset" });

        paths.Learn([new RouteEndpoint(_ => Task.CompletedTask, pattern, 0, null, null)]);

        Assert.Equal("/account/reset/[redacted]", paths.Redact("/account/reset/abc"));
        Assert.Equal("/account/show/abc", paths.Redact("/account/show/abc"));
    }

    [Fact]
    public void What_stands_before_a_route_is_learnt_from_its_first_request()
    {
        var (paths, endpoint) = (Paths(), Endpoint("/reset/{token}"));
        paths.Learn([endpoint]);
        Assert.Equal("/base/reset/abc", paths.Redact("/base/reset/abc"));

        Assert.Equal("/base/reset/[redacted]", paths.Redact("/base/reset/abc", endpoint));

        Assert.Equal("/base/reset/[redacted]", paths.Redact("/base/reset/def"));
        Assert.Equal("/reset/[redacted]", paths.Redact("/reset/def"));
    }

    [Fact]
    public void Clients_cannot_make_it_remember_more_and_more()
    {
        var (paths, endpoint) = (Paths(), Endpoint("/reset/{token}"));
        paths.Learn([endpoint]);

        for (var i = 0; i < 100; i++)
            paths.Redact($"/base{i}/reset/abc", endpoint);

        Assert.Equal(8, Enumerable.Range(0, 100).Count(i => paths.Redact($"/base{i}/reset/abc") == $"/base{i}/reset/[redacted]"));
    }

    [Fact]
    public void A_path_of_an_app_without_secret_parameters_is_handed_back_as_it_is()
    {
        var (paths, endpoint) = (Paths(), Endpoint("/users/{id}"));
        paths.Learn([endpoint, new Endpoint(null, null, null)]);
        var path = new string("/users/7");

        Assert.Same(path, paths.Redact(path, endpoint));
        Assert.Same(path, paths.Redact(path));
    }

    [Fact]
    public async Task In_an_app_the_line_of_a_request_and_the_path_of_its_other_events_are_redacted_from_the_first_request_on()
    {
        var roads = new CollectingRoads();
        await using var app = await RunningApp.StartAsync(
            a => a.MapGet("/reset/{token}", () => "done"), b => roads.Bring(b.Services), o => o.Logging.Loki.Url = "http://loki:3100");

        await app.Client.GetStringAsync("/reset/abc");

        await Eventually.IsTrue(() => roads.Loki.Any(logged => logged.Shown("Endpoint") == "\"/reset/{token}\""));
        Assert.Equal("\"/reset/[redacted]\"", roads.Loki.First(logged => logged.Shown("Endpoint") is not null && logged.Shown("Path") is not null && logged.Shown("Duration") is not null).Shown("Path"));
        Assert.Equal("/reset/[redacted]", roads.Setup!.RedactPath("/reset/def"));
    }

    private static RedactedPaths Paths() => new(name => name == "token");

    private static RouteEndpoint Endpoint(string template) => new(_ => Task.CompletedTask, RoutePatternFactory.Parse(template), 0, null, null);
}
