using CoLink.Observability.Logging.Redaction;
using CoLink.Observability.Tests.Logging.Lines;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace CoLink.Observability.Tests.Logging.Redaction;

public sealed class PathRedactionTests
{
    private const string R = "[redacted]";

    /// <summary>Made once: its regular expressions take longer than all the rest here.</summary>
    private static readonly Redactor Names = Written.Redactor();

    [Theory]
    [InlineData("/reset/{token}", "/reset/abc", $"/reset/{R}")]
    [InlineData("reset/{token}", "/reset/abc/", $"/reset/{R}/")]
    [InlineData("~/reset/{token}", "/reset/abc", $"/reset/{R}")]
    [InlineData("/reset/{token}", "/app/v1/reset/abc", $"/app/v1/reset/{R}")]
    [InlineData("/reset/{token}", "/RESET/abc", $"/RESET/{R}")]
    [InlineData("/reset/{token}", "/re%73et/a%2Fbc", $"/re%73et/{R}")]
    [InlineData("/reset/{token}", "//reset//abc", $"//reset//{R}")]
    [InlineData("/reset/{token}", "/./reset/./abc", $"/./reset/./{R}")]
    [InlineData("/reset/{token}", "/reset/x/../abc", $"/{R}")]
    [InlineData("/reset/{token}", "/reset/x/%2e%2E/abc", $"/{R}")]
    [InlineData("/reset/{token}", "/reset", "/reset")]
    [InlineData("/reset/{token}", "/reset/", "/reset/")]
    [InlineData("/reset/{token}", "/resets/abc", "/resets/abc")]
    [InlineData("/reset/{token}", "", "")]
    [InlineData("/reset/{token}", "/", "/")]
    [InlineData("/reset/{token}", "/reset/reset/abc", $"/reset/{R}/{R}")]
    [InlineData("/reset/{token?}", "/reset/abc", $"/reset/{R}")]
    [InlineData("/reset/{token=none}", "/reset/abc", $"/reset/{R}")]
    [InlineData("/reset/{token:length(3)}", "/reset/abcdef", $"/reset/{R}")]
    [InlineData("/reset/{token:regex(^[a-z]{{2}}/x$)}/ok", "/reset/abc/ok", $"/reset/{R}/ok")]
    [InlineData("/reset/{token}/accept", "/reset/abc/mistyped", $"/reset/{R}/mistyped")]
    [InlineData("/reset/{*token}", "/reset/a/b/c", $"/reset/{R}/{R}/{R}")]
    [InlineData("/reset/{**token:minlength(2)}", "/reset/a/b", $"/reset/{R}/{R}")]
    [InlineData("/users/{id:int}/keys/{apiKey}", "/users/7/keys/abc", $"/users/7/keys/{R}")]
    [InlineData("/users/{token}/keys/{apiKey}/x", "/users/7/keys/abc/x", $"/users/{R}/keys/{R}/x")]
    [InlineData("/files/{name}.{token}", "/files/a.b", $"/files/{R}")]
    [InlineData("/files/t-{token}", "/files/t-abc", $"/files/{R}")]
    [InlineData("/v{version}/reset/{token}", "/v2/reset/abc", $"/v2/reset/{R}")]
    [InlineData("/a{{b}}/{token}", "/a{b}/abc", $"/a{{b}}/{R}")]
    [InlineData("/{token}", "/abc", $"/{R}")]
    [InlineData("/{tenant}/{token}", "/north/abc", $"/north/{R}")]
    [InlineData("/reset/{Access_Token}", "/reset/abc", $"/reset/{R}")]
    public void A_secret_parameter_is_not_in_the_path(string pattern, string path, string shown)
    {
        var paths = Of("/other/{id}", pattern);

        Assert.Equal(shown, paths.Redact(path));
        Assert.Equal(shown, paths.Redact(paths.Redact(path)));
    }

    [Fact]
    public void A_path_without_a_secret_is_handed_back_as_it_is()
    {
        const string Path = "/users/7/messages";

        Assert.Same(Path, Of("/reset/{token}").Redact(Path));
        Assert.Same(Path, Of("/", "/users/{id}", "/tokens/{id}", "/files/{**path}", "{controller=Home}/{action=Index}/{id?}").Redact(Path));
    }

    [Fact]
    public void Every_route_that_could_have_taken_the_path_has_its_say() =>
        Assert.Equal($"/a/{R}/{R}", Of("/{tenant}/reset/{token}", "/a/{token}/{id}", "/plain").Redact("/a/reset/abc"));

    [Fact]
    public void A_conventional_route_is_told_by_its_controller_and_action()
    {
        var paths = Of();
        var pattern = RoutePatternFactory.Parse("{controller}/{action}/{token?}", defaults: null, parameterPolicies: null, requiredValues: new { controller = "Account", action = "Reset" });

        paths.Learn(new RouteEndpoint(_ => Task.CompletedTask, pattern, 0, null, null));

        Assert.Equal($"/account/reset/{R}", paths.Redact("/account/reset/abc"));
        Assert.Equal("/account/show/abc", paths.Redact("/account/show/abc"));
    }

    [Theory]
    [InlineData(null, "/reset/abc", $"/{R}")]
    [InlineData(null, "/users/7", $"/{R}")]
    [InlineData("/reset/{token}", "/reset/abc", $"/reset/{R}")]
    [InlineData("/reset/{token}", "/base/reset/abc", $"/{R}")]
    [InlineData("/reset/{**token}", "/reset/a/b", $"/reset/{R}/{R}")]
    [InlineData("/users/{id}", "/users/7", "/users/7")]
    [InlineData("/users/{id?}", "/users", "/users")]
    [InlineData("/users/{id}", "/reset/abc", $"/{R}")]
    [InlineData("/maintenance", "/reset/abc", $"/{R}")]
    [InlineData("/{**page}", "/reset/abc", $"/{R}")]
    public void Until_the_routes_are_known_a_path_is_shown_only_where_its_own_route_is(string? template, string path, string shown)
    {
        var paths = Of();
        paths.Await();

        Assert.Equal($"/{R}", paths.Redact(path));
        Assert.Equal(shown, paths.Redact(path, template is null ? null : Endpoint(template)));

        paths.LearnAll([Endpoint("/reset/{token}")]);
        Assert.Equal("/users/7", paths.Redact("/users/7"));
        Assert.Equal($"/reset/{R}", paths.Redact("/reset/def", null));
    }

    [Fact]
    public void Before_there_can_be_a_request_a_path_is_no_request_s() => Assert.Equal("/etc/app.json", Of().Redact("/etc/app.json"));

    [Fact]
    public void To_judge_a_path_that_shows_no_secret_allocates_nothing()
    {
        var paths = Of("/reset/{token}", "/users/{id}/keys/{apiKey}");
        paths.Redact("/users/7/messages/9");

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            paths.Redact("/users/7/messages/9");

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_path_of_very_many_segments_is_not_shown()
    {
        Assert.Equal($"/{R}", Of("/reset/{token}").Redact(string.Concat(Enumerable.Repeat("/a", 10_000)) + "/reset/abc"));
        Assert.Equal($"/reset/{R}", Of("/reset/{token}").Redact("/reset/" + new string('x', 100_000)));
    }

    [Fact]
    public void Any_text_at_all_is_judged()
    {
        var redaction = Of("/reset/{token}", "/a/{*secret}");
        Gen.OneOf(Gen.String, Gen.OneOf("/", "%", "%2", "%2F", "reset", "a", "..", ".", "\uD800", "?").Array[0, 30].Select(string.Concat)).Sample(path => redaction.Redact(path) is not null, iter: 2000);
    }

    /// <summary>Whatever routing takes for the value of a secret parameter is not in the path that is shown, behind whatever base.</summary>
    [Fact]
    public void What_routing_takes_for_a_secret_is_never_shown()
    {
        string[] patterns = ["reset/{token}", "a/{token?}", "{tenant}/b/{secret}/{id?}", "c/{**apiKey}", "d/{name}/e/{password=x}", "{token}/f", "g/x-{token}", "h/{a}.{token}", "{**token}"];
        var segment = Gen.OneOf("reset", "a", "A", "b", "c", "d", "e", "f", "g", "x-SECRETq", "SECRETz", "SECRETy.SECRETx", "north", "n.SECRETw");
        Gen.Select(Gen.OneOf(patterns), Gen.OneOf("", "/base", "/reset", "/a/b"), segment.Array[1, 6]).Sample(
            (pattern, pathBase, segments) =>
            {
                var path = "/" + string.Join('/', segments.Select((one, i) => one.Replace("SECRET", $"SECRET{i}", StringComparison.Ordinal)));
                var values = new RouteValueDictionary();
                if (!new TemplateMatcher(TemplateParser.Parse(pattern), []).TryMatch(new PathString(path), values))
                    return;
                var shown = Of(pattern).Redact(pathBase + path);
                foreach (var (name, value) in values)
                {
                    if (Names.Hides(name) && value is string { Length: > 6 } secret && secret.Contains("SECRET", StringComparison.Ordinal))
                        Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
                }
            },
            iter: 5000);
    }

    private static PathRedaction Of(params string[] patterns)
    {
        var paths = new PathRedaction(name => Names.Hides(name));
        paths.LearnAll(patterns.Select(Endpoint));
        return paths;
    }

    private static RouteEndpoint Endpoint(string template) => new(_ => Task.CompletedTask, RoutePatternFactory.Parse(template), 0, null, null);
}
