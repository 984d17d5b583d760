using CoLink.Observability.Catalogue;
using CoLink.Observability.Http;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CoLink.Observability.Tests.Http;

/// <summary>Which of the endpoints that a request had is the one that it was for, and which one others read.</summary>
public sealed class ChosenEndpointTests
{
    private static readonly Endpoint A = ObservedRequest.Endpoint("/a");
    private static readonly Endpoint B = ObservedRequest.Endpoint("/b");

    private readonly ObservedRequest _observed = new();

    [Fact]
    public async Task Of_several_the_first_is_counted_and_the_last_one_read()
    {
        var context = ObservedRequest.Get("/a");

        await Run(context, () =>
        {
            context.SetEndpoint(A);
            context.SetEndpoint(B);
        });

        Assert.Equal("/a", Counted);
        Assert.Same(B, context.GetEndpoint());
        Assert.IsNotType<HttpExchange>(context.Features.Get<IEndpointFeature>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_none_is_chosen_none_is_read(bool hasConnection)
    {
        var context = ObservedRequest.Get("/nowhere");
        var own = hasConnection ? new Own() : null;
        context.Features.Set<IEndpointFeature>(own);

        await Run(context, () => { });

        Assert.Equal(HttpCatalogue.Unmatched, Counted);
        Assert.Null(context.GetEndpoint());
        Assert.Same(own, context.Features.Get<IEndpointFeature>());
    }

    [Fact]
    public async Task The_servers_feature_is_back_and_has_the_endpoint()
    {
        var context = ObservedRequest.Get("/a");
        var own = new Own();
        context.Features.Set<IEndpointFeature>(own);

        await Run(context, () => context.SetEndpoint(A));

        Assert.Same(own, context.Features.Get<IEndpointFeature>());
        Assert.Same(A, own.Endpoint);
    }

    [Fact]
    public async Task A_feature_of_the_apps_own_is_asked_where_nothing_was_chosen_before_it()
    {
        var context = ObservedRequest.Get("/a");
        await Run(context, () => context.Features.Set<IEndpointFeature>(new Own { Endpoint = B }));
        Assert.Equal("/b", Counted);

        context = ObservedRequest.Get("/a");
        await Run(context, () =>
        {
            context.SetEndpoint(A);
            context.Features.Set<IEndpointFeature>(new Own { Endpoint = B });
        });
        Assert.Equal("/a", Counted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_page_for_what_no_endpoint_answered_is_no_endpoint_of_the_request(bool isException)
    {
        var context = ObservedRequest.Get("/nowhere");

        await Run(context, () =>
        {
            if (isException)
                context.Features.Set<IExceptionHandlerFeature>(new ExceptionHandlerFeature());
            else
                context.Features.Set<IStatusCodeReExecuteFeature>(new StatusCodeReExecuteFeature());
            context.SetEndpoint(B);
        });

        Assert.Equal(HttpCatalogue.Unmatched, Counted);
        Assert.Same(B, context.GetEndpoint());
    }

    [Fact]
    public async Task Another_feature_makes_no_choice_an_errors_page()
    {
        var context = ObservedRequest.Get("/a");

        await Run(context, () =>
        {
            context.Features.Set<IItemsFeature>(new ItemsFeature());
            context.SetEndpoint(A);
        });

        Assert.Equal("/a", Counted);
    }

    private string Counted => _observed.Told[^1].Route.Template;

    private Task Run(HttpContext context, Action app) => _observed.RunAsync(context, _ =>
    {
        app();
        return Task.CompletedTask;
    });

    private sealed class Own : IEndpointFeature
    {
        public Endpoint? Endpoint { get; set; }
    }
}
