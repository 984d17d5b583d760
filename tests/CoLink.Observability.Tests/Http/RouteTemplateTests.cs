using CoLink.Observability.Http;
using CsCheck;
using Microsoft.AspNetCore.Routing.Patterns;

namespace CoLink.Observability.Tests.Http;

public sealed class RouteTemplateTests
{
    [Theory]
    [InlineData("/hello/{name}", "/hello/{name}")]
    [InlineData("hello/{name}", "/hello/{name}")]
    [InlineData("~/hello", "/hello")]
    [InlineData("", "/")]
    [InlineData("/", "/")]
    [InlineData("/files/{**path}", "/files/{**path}")]
    [InlineData("links/{to:regex(^https?://)}", "/links/{to:regex(^https?://)}")]
    public void A_template_is_what_the_app_wrote_with_a_leading_slash(string written, string expected) =>
        Assert.Equal(expected, RouteTemplate.Of(RoutePatternFactory.Parse(written)));

    [Theory]
    [InlineData("{controller=Home}/{action=Index}/{id?}", "/Users/Edit/{id?}")]
    [InlineData("{controller}/{action}", "/Users/Edit")]
    [InlineData("{Controller:alpha}/x/{ACTION?}", "/Users/x/Edit")]
    [InlineData("{code:regex(^\\d{{3}}$)}/{controller}/{action}", "/{code:regex(^\\d{{3}}$)}/Users/Edit")]
    [InlineData("{controller:regex(^\\d{{3}}$)}/{action}", "/Users/Edit")]
    public void Controller_and_action_are_named_where_the_pattern_leaves_them_open(string written, string expected) =>
        Assert.Equal(expected, RouteTemplate.Of(RoutePatternFactory.Parse(written, null, null, new { controller = "Users", action = "Edit" })));

    [Theory]
    [InlineData("{actions}/{my-action}/{action}", "/{actions}/{my-action}/Edit")]
    [InlineData("{{action}}/{action}", "/{{action}}/Edit")]
    public void Only_the_parameter_of_that_name_is_named(string written, string expected) =>
        Assert.Equal(expected, RouteTemplate.Of(RoutePatternFactory.Parse(written, null, null, new { action = "Edit" })));

    [Fact]
    public void A_pattern_without_that_parameter_keeps_its_text() =>
        Assert.Equal("/fixed/{id?}", RouteTemplate.Of(RoutePatternFactory.Parse("fixed/{id?}", new { action = "Edit" }, null, new { action = "Edit" })));

    [Fact]
    public void A_pattern_that_was_built_from_parts_is_written_out() =>
        Assert.Equal("/a/{id?}.{*rest}", RouteTemplate.Of(RoutePatternFactory.Pattern(
            RoutePatternFactory.Segment(RoutePatternFactory.LiteralPart("a")),
            RoutePatternFactory.Segment(
                RoutePatternFactory.ParameterPart("id", null, RoutePatternParameterKind.Optional), RoutePatternFactory.SeparatorPart("."),
                RoutePatternFactory.ParameterPart("rest", null, RoutePatternParameterKind.CatchAll)))));

    [Fact]
    public void Any_template_keeps_its_text_and_any_action_its_place()
    {
        var segment = Gen.OneOf(Gen.String[Gen.Char.AlphaNumeric, 1, 8], Gen.Const("{id:int}"), Gen.Const(@"{x:regex(^\d{{2}}$)}"), Gen.Const("{{literal}}"));
        var template = segment.Array[0, 4].Where(parts => parts.Count(part => part == "{id:int}") < 2 && parts.Count(part => part.StartsWith("{x", StringComparison.Ordinal)) < 2)
            .Select(parts => string.Join('/', parts));

        template.Sample(text =>
        {
            Assert.Equal($"/{text}", RouteTemplate.Of(RoutePatternFactory.Parse(text)));
            Assert.Equal($"/{text}", RouteTemplate.Of(RoutePatternFactory.Parse($"/{text}")));
            var open = text.Length == 0 ? "{action=Index}" : $"{text}/{{action=Index}}";
            var named = text.Length == 0 ? "/Edit" : $"/{text}/Edit";
            Assert.Equal(named, RouteTemplate.Of(RoutePatternFactory.Parse(open, null, null, new { action = "Edit" })));
        });
    }
}
