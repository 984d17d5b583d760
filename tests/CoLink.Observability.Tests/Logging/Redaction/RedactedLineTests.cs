using CoLink.Observability.Tests.Logging.Lines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Serilog.Events;

namespace CoLink.Observability.Tests.Logging.Redaction;

/// <summary>The value <c>hunter2</c> stands for a secret; it is in no line.</summary>
public sealed class RedactedLineTests
{
    private const string Secret = "hunter2";

    [Fact]
    public void A_secret_is_in_neither_the_message_nor_its_property()
    {
        var logEvent = Written.Event(logger => logger.LogInformation("{User} with {Password}, {ApiKey,20} and {Pin_Token:0.00}", "ann", Secret, Secret, 4711));

        AssertHidden(logEvent);
        var line = Written.Read(logEvent);
        Assert.Equal("ann with [redacted],           [redacted] and [redacted]", line.GetProperty("message").GetString());
        Assert.Equal("ann", line.GetProperty("User").GetString());
        Assert.All((string[])["Password", "ApiKey", "Pin_Token"], name => Assert.Equal("[redacted]", line.GetProperty(name).GetString()));
    }

    [Fact]
    public void A_secret_is_hidden_at_every_depth()
    {
        for (var depth = 1; depth < 9; depth++)
        {
            LogEventPropertyValue structure = new StructureValue([new("Password", new ScalarValue(Secret)), new("Shown", new ScalarValue("shown"))], "Login");
            LogEventPropertyValue map = new DictionaryValue([new(new("x-api-key"), new ScalarValue(Secret)), new(new("Shown"), new ScalarValue("shown"))]);
            for (var i = 1; i < depth; i++)
            {
                structure = i % 2 == 0 ? new SequenceValue([structure]) : new StructureValue([new("S", structure)]);
                map = i % 2 == 0 ? new DictionaryValue([new(new("K"), map)]) : new SequenceValue([map]);
            }

            var logEvent = Written.Event("{A} {B} {A:j}", ("A", structure), ("B", map));
            AssertHidden(logEvent);
            Assert.Contains("shown", Written.Read(logEvent).GetProperty("A").GetRawText(), StringComparison.Ordinal);
            Assert.Contains("shown", Written.Read(logEvent).GetProperty("B").GetRawText(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void All_that_stands_under_a_secret_name_is_hidden()
    {
        var logEvent = Written.Event(logger => logger.LogInformation("{@Credentials} {Tokens} {@Secrets}", new { Name = Secret }, (string[])[Secret], new Dictionary<string, string> { ["a"] = Secret }));

        AssertHidden(logEvent);
        Assert.Equal("[redacted] [redacted] [redacted]", Written.Message(logEvent));
    }

    [Fact]
    public void A_destructured_object_hides_its_members()
    {
        var logEvent = Written.Event(logger => logger.LogInformation("{@Login}", new Login("ann", Secret, new Nested([new("ben", Secret, null)]))));

        AssertHidden(logEvent);
        Assert.Contains("ben", Written.Message(logEvent), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{Headers}")]
    [InlineData("{@Headers}")]
    [InlineData("{$Headers}")]
    public void Headers_are_hidden_in_whatever_collection_they_come(string template)
    {
        var headers = new HeaderDictionary { ["Authorization"] = "Bearer " + Secret, ["Cookie"] = $"session={Secret}", ["X-Api-Key"] = (string[])[Secret, Secret], ["Accept"] = "shown" };
        using var message = new HttpRequestMessage();
        message.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Secret);
        message.Headers.TryAddWithoutValidation("Accept", "text/shown");
        object[] collections =
        [
            headers,
            headers.ToDictionary(one => one.Key, one => one.Value.ToString()),
            headers.Select(one => KeyValuePair.Create(one.Key, one.Value.ToString())).ToArray(),
            headers.Select(one => new { Name = one.Key, Value = one.Value.ToString() }).ToArray(),
            new System.Collections.Hashtable(headers.ToDictionary(one => one.Key, one => one.Value.ToString())),
            new SortedDictionary<string, object>(headers.ToDictionary(one => one.Key, one => (object)one.Value)),
            new System.Collections.Concurrent.ConcurrentDictionary<string, string>(headers.Select(one => KeyValuePair.Create(one.Key, one.Value.ToString()))),
            new System.Net.WebHeaderCollection { ["Authorization"] = Secret },
            message.Headers,
        ];

#pragma warning disable CA2254 // The templates are this test's.
        Assert.All(collections, collection => AssertHidden(Written.Event(logger => logger.LogInformation(template, collection))));
#pragma warning restore CA2254
    }

    [Fact]
    public void A_pair_that_became_a_text_is_hidden_and_its_name_shown()
    {
        var logEvent = Written.Event(logger => logger.LogInformation("{Header} {Other}", KeyValuePair.Create("Authorization", "Bearer " + Secret), KeyValuePair.Create("Accept", "shown")));

        AssertHidden(logEvent);
        Assert.Equal("[Authorization, [redacted]] [Accept, shown]", Written.Message(logEvent));
    }

    [Theory]
    [InlineData("Login { Name = ann, Password = hunter2, Age = 3 }", "Login { Name = ann, Password = [redacted]}")]
    [InlineData("{ Password = hunter2 }", "{ Password = [redacted]}")]
    [InlineData("Login { Name = a = b, Inner = Key { ApiKey = hunter2 } }", "Login { Name = a = b, Inner = Key { ApiKey = [redacted]}")]
    [InlineData("Login { Name = Password, Age = 3 }", "Login { Name = Password, Age = 3 }")]
    [InlineData("{ Name = Cookie, Value = hunter2 }", "{ Name = Cookie, [redacted]}")]
    [InlineData("{ Key = Accept, Value = any }", "{ Key = Accept, Value = any }")]
    [InlineData("Method: GET, Headers:\r\n{\r\n  Accept: any\r\n  Authorization: Bearer hunter2\r\n}", "Method: GET, Headers:\r\n{\r\n  Accept: any\r\n  Authorization:[redacted]}")]
    [InlineData("Cookie:a=hunter2\n", "Cookie:[redacted]\n")]
    [InlineData("no token: here\nnor here", "no token: here\nnor here")]
    [InlineData("[1, 2]", "[1, 2]")]
    [InlineData("[]", "[]")]
    [InlineData("}", "}")]
    [InlineData("[", "[")]
    public void What_became_a_text_is_hidden_from_its_secret_on(string text, string shown)
    {
        AssertHidden(Written.Event("{R} {L}", ("R", text), ("L", new SequenceValue([new ScalarValue(text)]))));
        Assert.Equal(shown, Written.Message(Written.Event("{R}", ("R", text))));
        Assert.Equal(shown, Written.Read(Written.Event("x", ("R", text))).GetProperty("R").GetString());
    }

    [Fact]
    public void What_nobody_takes_apart_is_hidden()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/b");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Secret);
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation("Set-Cookie", "session=" + Secret);

        AssertHidden(Written.Event(logger => logger.LogInformation("{Login}", new Login("ann", Secret, null))));
        AssertHidden(Written.Event(logger => logger.LogInformation("{Request} {Response} {$Request}", request, response, request)));
    }

    [Fact]
    public void A_scope_with_a_secret_in_its_text_is_not_shown()
    {
        foreach (var begin in (Func<ILogger, IDisposable?>[])[logger => logger.BeginScope("with {Token}", Secret), logger => logger.BeginScope("for {@Login}", new Login("ann", Secret, null))])
        {
            var logEvent = Written.Event(logger =>
            {
                using var scope = begin(logger);
                logger.LogInformation("x {Y}", 1);
            });

            AssertHidden(logEvent);
            Assert.Equal("[redacted]", Assert.Single(Written.Read(logEvent).GetProperty("Scope").EnumerateArray()).GetString());
        }
    }

    [Fact]
    public void A_state_that_brings_its_text_does_not_bring_a_secret()
    {
        var logEvent = Written.Event(logger => logger.Log(LogLevel.Information, 0, new Exchange([KeyValuePair.Create<string, object?>("X-Api-Key", Secret), KeyValuePair.Create<string, object?>("Path", "/a")]), null, (state, _) => state.ToString()));

        AssertHidden(logEvent);
        Assert.Equal("[redacted]", Written.Message(logEvent));
        Assert.Equal("/a", Written.Read(logEvent).GetProperty("Path").GetString());
    }

    [Fact]
    public void A_state_and_a_scope_without_a_secret_are_shown()
    {
        var logEvent = Written.Event(logger =>
        {
            using var scope = logger.BeginScope("order {Order}", 5);
            logger.Log(LogLevel.Information, 0, new Exchange([KeyValuePair.Create<string, object?>("Accept", "shown")]), null, (state, _) => state.ToString());
        });

        Assert.Equal("Accept: shown", Written.Message(logEvent));
        Assert.Equal("order 5", Written.Read(logEvent).GetProperty("Scope")[0].GetString());
    }

    [Fact]
    public void Query_strings_are_not_logged()
    {
        var logEvent = Written.Event("{Path}{QueryString} {@Q}", ("Path", "/a"), ("QueryString", "?a=hunter2"), ("Q", new StructureValue([new("QueryString", new ScalarValue("?b=hunter2"))])));
        AssertHidden(logEvent);
        Assert.StartsWith("/a[redacted] ", Written.Message(logEvent), StringComparison.Ordinal);

        Assert.Equal("/a", Written.Message(Written.Event("{Path}{QueryString}", ("Path", "/a"), ("QueryString", ""))));
        Assert.Equal("[redacted]", Written.Message(Written.Event("{QueryString}", ("QueryString", new SequenceValue([new ScalarValue(Secret)])))));
    }

    [Fact]
    public void Paths_lose_what_is_secret_in_them()
    {
        var redactor = Written.Redactor(path => path.Replace(Secret, "…", StringComparison.Ordinal));
        var path = $"/reset/{Secret}";
        var logEvent = Written.Event(
            "{Path} {RequestPath} {List} {@Inner} {Address} {Path:l} {Path:j}",
            ("Path", path), ("RequestPath", path), ("List", new StructureValue([new("Path", new SequenceValue([new ScalarValue(path)]))])),
            ("Inner", new StructureValue([new("RequestPath", new StructureValue([new("Value", new ScalarValue(path))]))])), ("Address", "shown"));

        AssertHidden(logEvent, redactor);
        Assert.Equal("/reset/…", Written.Read(logEvent, redactor).GetProperty("Path").GetString());
    }

    [Fact]
    public void A_path_that_cannot_be_judged_is_not_shown()
    {
        var redactor = Written.Redactor(_ => throw new InvalidOperationException("no routes"));

        Assert.Equal("[redacted]", Written.Message(Written.Event("{Path}", ("Path", "/a/b")), redactor));
    }

    [Fact]
    public void Without_secret_routes_a_path_is_what_it_is() =>
        Assert.Equal("/reset/x", Written.Message(Written.Event("{Path}", ("Path", "/reset/x"))));

    [Fact]
    public void With_an_empty_list_only_query_strings_are_hidden()
    {
        var redactor = new CoLink.Observability.Logging.Redaction.Redactor([], []);
        var line = Written.Read(Written.Event("{Password} {QueryString}", ("Password", "shown"), ("QueryString", "?a")), redactor);

        Assert.Equal("shown [redacted]", line.GetProperty("message").GetString());
    }

    private static void AssertHidden(LogEvent logEvent, CoLink.Observability.Logging.Redaction.Redactor? redactor = null)
    {
        Assert.DoesNotContain(Secret, Written.Json(logEvent, redactor), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, Written.Text(logEvent, redactor), StringComparison.Ordinal);
    }

    private sealed record Login(string Name, string Password, Nested? Nested);

    private sealed record Nested(Login[] Logins);

    /// <summary>Like what the HTTP logging of ASP.NET Core hands in: members, and a text made of them.</summary>
    private sealed class Exchange(KeyValuePair<string, object?>[] members) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => members.Length;

        public KeyValuePair<string, object?> this[int index] => members[index];

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => members.AsEnumerable().GetEnumerator();

        public override string ToString() => string.Join(", ", members.Select(one => $"{one.Key}: {one.Value}"));

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
