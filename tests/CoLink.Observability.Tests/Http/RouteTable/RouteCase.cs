using Microsoft.AspNetCore.Builder;

namespace CoLink.Observability.Tests.Http.RouteTable;

/// <summary>One row of the table: an app, and what a client asks of it.</summary>
/// <param name="Name">The case, in words.</param>
/// <param name="Request">What is asked, for the reader of the table.</param>
/// <param name="App">Maps middleware and endpoints.</param>
/// <param name="Ask">Asks, and says what the client saw.</param>
internal sealed record RouteCase(string Name, string Request, Action<WebApplication> App, Func<RouteClient, Task<string>> Ask)
{
    public Action<WebApplicationBuilder> Builder { get; init; } = _ => { };

    public IDictionary<string, string?>? Settings { get; init; }

    /// <summary>How many requests reach the app.</summary>
    public int Requests { get; init; } = 1;

    /// <summary>Whether the library leaves the path alone: no metric, no span.</summary>
    public bool IsExcluded { get; init; }

    /// <summary>Whether the app fails once the request has become a connection: its span is the handshake's, which did not.</summary>
    public bool FailsAfterUpgrade { get; init; }

    public override string ToString() => Name;

    /// <summary>A case that is one GET.</summary>
    public static RouteCase Get(string name, string path, Action<WebApplication> app) => Of(name, "GET", path, app);

    /// <summary>A case that is one request without a body.</summary>
    public static RouteCase Of(string name, string method, string path, Action<WebApplication> app) =>
        new(name, $"{method} {path}", app, client => client.SendAsync(method, path));
}
