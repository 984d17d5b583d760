using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using CoLink.Observability.Hosting.Validation;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Tests.Hosting;

public sealed class InvalidOptionsTests
{
    private const string Text = "a text of 1 to 255 characters";
    private const string Path = "a path that starts with '/'";
    private const string Paths = "a list of paths that start with '/'";
    private const string Port = "a port number from 1 to 65535";
    private const string Token = "at least 8 printable ASCII characters without spaces";
    private const string Password = "at least 8 characters, none of them a control character";
    private const string Networks = "a list of networks in CIDR notation such as 10.0.0.0/8";
    private const string Series = "a number of series from 1 to 1000000";
    private const string Meters = "a list of names of meters such as System.Net.Http";
    private const string Statuses = "a list of statuses of server errors, from 500 to 599";
    private const string Boolean = "true or false";
    private const string Scrapes = "a number from 1 to 1000";
    private const string Ratio = "a number from 0 to 1";
    private const string Spans = "a list of names of activity sources such as MyService.Jobs";
    private const string Collector = "an address that starts with http:// or https://, such as http://otel-collector:4317";
    private const string Headers = "name=value pairs with commas between them";

    /// <summary>Key, value, how the message shows the value (null: as given), what is allowed.</summary>
    public static TheoryData<string, string, string?, string> Invalid { get; } = new(InvalidLogging.Rows)
    {
        { "ServiceName", "two\nlines", null, Text },
        { "ServiceName", new string('n', 256), null, Text },
        { "ServiceName:Value", "x", "an object", Text },
        { "Namespace", "\u0007", null, Text },
        { "Version", new string('1', 256), null, Text },
        { "Environment", "a\tb", null, Text },
        { "Instance", "\u0000", null, Text },
        { "ExcludedPaths", "health", null, Paths },
        { "ExcludedPaths", "/health,*", "'*'", Paths },
        { "ExcludedPaths:0", "/he*lth", null, Paths },
        { "ExcludedPaths:0", "/health?full", null, Paths },
        { "ExcludedPaths:0", "/", null, Paths },
        { "ExcludedPaths:0", "", "''", Paths },
        { "ExcludedPaths:first", "/health", null, Paths },
        { "ExcludedPaths:0:Path", "/health", "an object", Paths },
        { "Metrics:Path", "metrics", null, Path },
        { "Metrics:Path", "/", null, Path },
        { "Metrics:Path", "/metrics/", null, Path },
        { "Metrics:Path", "/metrics*", null, Path },
        { "Metrics:Path", "/metrics?all", null, Path },
        { "Metrics:Path", "/{path}", null, Path },
        { "Metrics:Path:0", "/metrics", "an object", Path },
        { "Metrics:Port", "0", null, Port },
        { "Metrics:Port", "65536", null, Port },
        { "Metrics:Port", "-1", null, Port },
        { "Metrics:Port", "http", null, Port },
        { "Metrics:Port", "9464.5", null, Port },
        { "Metrics:Port", "99999999999", null, Port },
        { "Metrics:Port", "#50", null, Port },
        { "Metrics:Port:Value", "9464", "an object", Port },
        { "Metrics:AllowedNetworks", "", "''", Networks },
        { "Metrics:AllowedNetworks", "10.0.0.0/33", null, Networks },
        { "Metrics:AllowedNetworks", "10.0.0.1/8", null, Networks },
        { "Metrics:AllowedNetworks", "10.0.0.0/8,intranet", "'intranet'", Networks },
        { "Metrics:AllowedNetworks:0", "*", null, Networks },
        { "Metrics:AllowedNetworks:0", "2001:db8::1/32", null, Networks },
        { "Metrics:AllowedNetworks:office", "10.0.0.0/8", null, Networks },
        { "Metrics:MaxSeriesPerMetric", "0", null, Series },
        { "Metrics:MaxSeriesPerMetric", "-5", null, Series },
        { "Metrics:MaxSeriesPerMetric", "1000001", null, Series },
        { "Metrics:MaxSeriesPerMetric", "many", null, Series },
        { "Metrics:SeriesLimits:http_requests_total", "0", null, Series },
        { "Metrics:SeriesLimits:http_requests_total", "1000001", null, Series },
        { "Metrics:SeriesLimits:http_requests_total", "many", null, Series },
        { "Metrics:SeriesLimits:http_requests_total", "", "''", Series },
        { "Metrics:SeriesLimits:http_requests_total", "99999999999", null, Series },
        { "Metrics:SeriesLimits:http_requests_total:Limit", "5", "an object", Series },
        { "Metrics:SeriesLimits:http-requests", "5", null, Series },
        { "Metrics:SeriesLimits:0", "5", null, Series },
        { "Metrics:SeriesLimits", "5", null, Series },
        { "Metrics:Meters", "*", null, Meters },
        { "Metrics:Meters", "*.*", null, Meters },
        { "Metrics:Meters", "System.Net.Http,**", "'**'", Meters },
        { "Metrics:Meters:0", "System Net", null, Meters },
        { "Metrics:Meters:http", "System.Net.Http", null, Meters },
        { "Metrics:IncludeStaticRegistry", "yes", null, Boolean },
        { "Metrics:MaxConcurrentScrapes", "0", null, Scrapes },
        { "Metrics:MaxConcurrentScrapes", "1001", null, Scrapes },
        { "Metrics:MaxConcurrentScrapes", "four", null, Scrapes },
        { "Http:Enabled", "on", null, Boolean },
        { "Http:PrecreatedStatuses", "200", null, Statuses },
        { "Http:PrecreatedStatuses", "500,600", "'600'", Statuses },
        { "Http:PrecreatedStatuses", "5xx", null, Statuses },
        { "Http:PrecreatedStatuses:0", "499", null, Statuses },
        { "Http:PrecreatedStatuses:0", "99999999999", null, Statuses },
        { "Http:PrecreatedStatuses:gateway", "502", null, Statuses },
        { "Runtime:Enabled", "1", null, Boolean },
        { "WebSockets:Enabled", "on", null, Boolean },
        { "Database:Enabled", "yes", null, Boolean },
        { "Database:Operations", "no", null, Boolean },
        { "Cache:Enabled", "0", null, Boolean },
        { "Redis:PollInterval", "15", "'15.00:00:00'", "a time from 00:00:01 to 01:00:00" },
        { "Redis:PollInterval", "00:00:00", null, "a time from 00:00:01 to 01:00:00" },
        { "Redis:PollInterval", "15s", null, "a time from 00:00:01 to 01:00:00" },
        { "Redis:CountReads", "all", null, Boolean },
        { "Redis:Spans", "some", null, Boolean },
        { "Redis:PollTimeout", "-00:00:01", null, "a time from 00:00:00.01 to 00:01:00" },
        { "Tracing:Enabled", "on", null, Boolean },
        { "Tracing:SamplingRatio", "1.01", null, Ratio },
        { "Tracing:SamplingRatio", "-0.1", null, Ratio },
        { "Tracing:SamplingRatio", "NaN", null, Ratio },
        { "Tracing:SamplingRatio", "10%", null, Ratio },
        { "Tracing:Sources", "*", null, Spans },
        { "Tracing:Sources", "MyService.Jobs,two words", "'two words'", Spans },
        { "Tracing:Sources:0", "What?", null, Spans },
        { "Tracing:RecordSql", "yes", null, Boolean },
        { "Tracing:Otlp:Endpoint", "otel-collector:4317", null, Collector },
        { "Tracing:Otlp:Endpoint", "grpc://otel-collector:4317", null, Collector },
        { "Tracing:Otlp:Endpoint", "http://user:password@otel-collector:4317", "'http://(not shown)@otel-collector:4317'", Collector },
        { "Tracing:Otlp:Endpoint", "http://otel-collector:4317?tenant=1", null, Collector },
        { "Tracing:Otlp:Endpoint", "/v1/traces", null, Collector },
        { "Tracing:Otlp:Protocol", "http/protobuf", null, "one of Grpc, HttpProtobuf" },
        { "Tracing:Otlp:Protocol", "2", null, "one of Grpc, HttpProtobuf" },
        { "Tracing:Otlp:Headers", "", "''", Headers },
        { "Tracing:Otlp:Headers", "Bearer abc", "a secret (not shown)", Headers },
        { "Tracing:Otlp:Headers", "a=1,a=2", "a secret (not shown)", Headers },
        { "Tracing:Otlp:Headers", "x y=1", "a secret (not shown)", Headers },
        { "Tracing:Otlp:Headers", "content-type=text/plain", "a secret (not shown)", Headers },
        { "Tracing:Otlp:Headers", "x-tenant=a%0Ab", "a secret (not shown)", Headers },
        { "Tracing:Otlp:Headers", "x-tenant=a%0A", "a secret (not shown)", Headers },
        { "Tracing:Otlp:Timeout", "00:00:00", null, "a time from 00:00:00.1 to 00:05:00" },
        { "Tracing:Otlp:Timeout", "10s", null, "a time from 00:00:00.1 to 00:05:00" },
        { "Tracing:Otlp:ShutdownTimeout", "00:00:00", null, "a time from 00:00:00.1 to 00:00:05" },
        { "Tracing:Otlp:ShutdownTimeout", "00:00:06", null, "a time from 00:00:00.1 to 00:00:05" },
        { "Tracing:Otlp:Compression", "zstd", null, "one of None, Gzip" },
        { "Metrics:BearerToken", "", "''", Token },
        { "Metrics:BearerToken", "sh0rt", "a secret (not shown)", Token },
        { "Metrics:BearerToken", "sp aces in it", "a secret (not shown)", Token },
        { "Metrics:BearerToken", "ümlaut-tökens", "a secret (not shown)", Token },
        { "Metrics:BasicUser", "", "''", "a user name without ':'" },
        { "Metrics:BasicUser", "us:er", null, "a user name without ':'" },
        { "Metrics:BasicUser", "prometheus", "is given", "Metrics:BasicPassword is not: allowed are both or neither" },
        { "Metrics:BasicPassword", "", "''", Password },
        { "Metrics:BasicPassword", "sh0rt", "a secret (not shown)", Password },
        { "Metrics:BasicPassword", "l0ng-enough", "is given", "Metrics:BasicUser is not: allowed are both or neither" },
        { "Metrics:Policy", "", "''", "an authorization policy of the app" },
        { "Metrics:Policy", "scrapers", null, "an authorization policy of the app" },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public async Task The_host_does_not_start_and_the_message_names_key_value_and_what_is_allowed(string key, string value, string? shown, string allowed)
    {
        var message = await RefusalAsync((key, value));

        // The item of a list is found by its value; a number would say nothing where one text holds the list.
        var named = shown == "an object" ? key[..key.LastIndexOf(':')] : key.EndsWith(":0", StringComparison.Ordinal) && !key.Contains("SeriesLimits", StringComparison.Ordinal) ? key.Replace(":0", "", StringComparison.Ordinal) : key;
        Assert.Contains($"CoLink:Observability:{named}", message);
        Assert.Contains(shown ?? $"'{value}'", message);
        Assert.Contains(allowed, message);
    }

    [Fact]
    public void Every_key_that_can_be_wrong_is_among_them()
    {
        var tried = Invalid.Select(row => row.Data.Item1).ToArray();

        Assert.All(OptionKey.All, key => Assert.Contains(tried, path => path == key.Name || path.StartsWith(key.Name + ":", StringComparison.Ordinal)));
    }

    [Fact]
    public void Trimming_keeps_the_options_of_every_room()
    {
        var kept = typeof(OptionKey).GetMethod("Walk", BindingFlags.NonPublic | BindingFlags.Static)!.GetCustomAttributes<DynamicDependencyAttribute>();

        Assert.Equal(
            OptionKey.All.Select(key => key.Property.DeclaringType!).Append(typeof(CoLinkObservabilityOptions)).ToHashSet(), kept.Select(one => one.Type!).ToHashSet());
    }

    [Theory]
    [InlineData("Metrics:BearerToken", "s3cr3t!")]
    [InlineData("Metrics:BearerToken", "s3cr3t with spaces")]
    [InlineData("Metrics:BearerToken:s3cr3t", "s3cr3t")]
    [InlineData("Logging:Loki:BearerToken", "s3cr3t with spaces")]
    [InlineData("Logging:Loki:BearerToken:s3cr3t", "s3cr3t")]
    [InlineData("Logging:Loki:BasicPassword", "s3cr3t\u0007")]
    [InlineData("Logging:Loki:BasicPassword", "s3cr3t-without-user")]
    [InlineData("Logging:Loki:Url", "http://loki:s3cr3t@loki:3100")]
    [InlineData("Logging:Loki:Url", "http://loki:not/escaped/s3cr3t@loki:3100")]
    [InlineData("Logging:Loki:Url", "loki:s3cr3t@loki:3100")]
    [InlineData("Metrics:BasicPassword", "s3cr3t!")]
    [InlineData("Metrics:BasicPassword", "s3cr3t-without-user")]
    [InlineData("Tracing:Otlp:Headers", "s3cr3t")]
    [InlineData("Tracing:Otlp:Headers", "authorization=s3cr3t,authorization=s3cr3t")]
    public async Task A_secret_is_never_in_the_message(string key, string value) =>
        Assert.DoesNotContain("s3cr3t", await RefusalAsync((key, value)));

    [Fact]
    public async Task Several_errors_are_named_at_once_whatever_their_kind()
    {
        var message = await RefusalAsync(
            ("Metrics:Port", "http"), ("Metrics:Path", "metrics"), ("Metrics:BasicUser", "prometheus"), ("Http:PrecreatedStatuses:0", "200"), ("Http:Enabled", "on"));

        Assert.Contains("Metrics:Port is 'http'", message);
        Assert.Contains("Metrics:Path is 'metrics'", message);
        Assert.Contains("Metrics:BasicPassword is not", message);
        Assert.Contains("Http:PrecreatedStatuses is '200'", message);
        Assert.Contains("Http:Enabled is 'on'", message);
    }

    [Fact]
    public async Task What_code_sets_is_checked_too()
    {
        var message = await RefusalAsync([], options =>
        {
            options.ServiceName = "";
            options.ExcludedPaths = [null!, "health"];
            options.Metrics.Path = null!;
            options.Metrics.Port = 70_000;
            options.Metrics.SeriesLimits["http_requests_total"] = -1;
            options.Metrics.AllowedNetworks = ["intranet"];
            options.Metrics.BearerToken = "";
            options.Metrics.Policy = "";
            options.Http.PrecreatedStatuses = [404];
        });

        string[] expected =
        [
            "ServiceName is ''", "ExcludedPaths is not set", "ExcludedPaths is 'health'", "Metrics:Path is not set", "Metrics:Port is '70000'",
            "Metrics:SeriesLimits:http_requests_total is '-1'", "Metrics:AllowedNetworks is 'intranet'", "Metrics:BearerToken is ''", "Metrics:Policy is ''", "Http:PrecreatedStatuses is '404'",
        ];
        Assert.All(expected, part => Assert.Contains("CoLink:Observability:" + part, message));
    }

    [Fact]
    public async Task A_policy_and_a_port_exclude_each_other()
    {
        var message = await RefusalAsync(("Metrics:Policy", "scrapers"), ("Metrics:Port", "9465"));

        Assert.Contains("CoLink:Observability:Metrics:Policy is 'scrapers' and CoLink:Observability:Metrics:Port is 9465", message);
        Assert.Contains("allowed is one of the two", message);
    }

    [Fact]
    public async Task A_push_carries_one_credential_and_a_stream_at_most_ten_further_labels()
    {
        var message = await RefusalAsync(
        [
            ("Logging:Loki:BearerToken", "token"), ("Logging:Loki:BasicUser", "colink"), ("Logging:Loki:BasicPassword", "secret"),
            .. Enumerable.Range(0, 11).Select(i => ($"Logging:Loki:Labels:label{(char)('a' + i)}", (string?)"value")),
        ]);

        Assert.Contains("CoLink:Observability:Logging:Loki:BearerToken and CoLink:Observability:Logging:Loki:BasicUser are both given", message);
        Assert.Contains("CoLink:Observability:Logging:Loki:Labels has 11 labels, but allowed are at most 10", message);
    }

    [Fact]
    public async Task A_worker_cannot_be_guarded_by_a_policy()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAuthorization(options => options.AddPolicy("scrapers", policy => policy.RequireAuthenticatedUser()));

        Assert.Contains("guard it with BearerToken", await RefusalAsync(builder, [("Metrics:Policy", "scrapers")]));
    }

    [Theory]
    [InlineData(false, "call builder.Services.AddAuthorization")]
    [InlineData(true, "add it with AddAuthorization")]
    public async Task A_policy_that_does_not_exist_stops_a_web_application(bool authorization, string cure)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => RunningApp.StartAsync(
            builder: b =>
            {
                if (authorization)
                    b.Services.AddAuthorization();
            },
            settings: new Dictionary<string, string?> { ["CoLink:Observability:Metrics:Policy"] = "scrapers" }));

        Assert.Contains("CoLink:Observability:Metrics:Policy is 'scrapers'", exception.Message);
        Assert.Contains(cure, exception.Message);
    }

    [Fact]
    public async Task Policies_that_nothing_can_evaluate_stop_a_web_application()
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => RunningApp.StartAsync(
            builder: b => b.Services.AddAuthorizationCore(options => options.AddPolicy("scrapers", policy => policy.RequireAuthenticatedUser())),
            options: options => options.Metrics.Policy = "scrapers"));

        Assert.Contains("call builder.Services.AddAuthorization", exception.Message);
    }

    [Fact]
    public async Task A_web_application_stops_before_it_listens()
    {
        var listened = false;

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => RunningApp.StartAsync(
            app => app.Lifetime.ApplicationStarted.Register(() => listened = true), options: options => options.Metrics.Port = 0));

        Assert.Contains("CoLink:Observability:Metrics:Port is '0'", exception.Message);
        Assert.False(listened);
    }

    private static Task<string> RefusalAsync(params (string Key, string? Value)[] settings) => RefusalAsync(settings, null);

    private static Task<string> RefusalAsync((string Key, string? Value)[] settings, Action<CoLinkObservabilityOptions>? configure) =>
        RefusalAsync(Host.CreateEmptyApplicationBuilder(null), settings, configure);

    private static async Task<string> RefusalAsync(
        HostApplicationBuilder builder, (string Key, string? Value)[] settings, Action<CoLinkObservabilityOptions>? configure = null)
    {
        if (!settings.Any(setting => setting.Key.StartsWith("Logging:Console", StringComparison.Ordinal)))
            builder.Configuration.AddInMemoryCollection(QuietConsole.Settings);
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => $"CoLink:Observability:{setting.Key}", setting => setting.Value));
        builder.AddCoLinkObservability(configure);
        using var host = builder.Build();
        return (await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync())).Message;
    }
}
