using System.Text;
using CoLink.Observability.Hosting.Validation;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Tests.Hosting;

public sealed class OptionsPrecedenceTests
{
    [Fact]
    public void Without_configuration_the_defaults_hold()
    {
        var options = Read();

        Assert.Equal("colink", options.Namespace);
        Assert.Equal("Production", options.Environment);
        Assert.Equal(Environment.MachineName, options.Instance);
        Assert.Equal(["/metrics", "/health*"], options.ExcludedPaths);
        Assert.Equal("/metrics", options.Metrics.Path);
        Assert.Null(options.Metrics.Port);
        Assert.Equal(1000, options.Metrics.MaxSeriesPerMetric);
        Assert.Equal(4, options.Metrics.MaxConcurrentScrapes);
        Assert.Equal([500], options.Http.PrecreatedStatuses);
        Assert.Empty(options.Metrics.Meters!);
        Assert.True(options.Http.Enabled && options.Runtime.Enabled && !options.Metrics.IncludeStaticRegistry);
    }

    [Fact]
    public void The_section_wins_over_the_defaults_and_code_over_the_section()
    {
        const string Json = """{ "CoLink": { "Observability": { "ServiceName": "from-json", "Namespace": "from-json", "Metrics": { "Port": 9465, "SeriesLimits": { "a_total": 5 } } } } }""";

        var options = Read(Json, configure: o =>
        {
            Assert.Equal("from-json", o.ServiceName);
            o.ServiceName = "from-code";
            o.Metrics.SeriesLimits["b_total"] = 6;
        });

        Assert.Equal("from-code", options.ServiceName);
        Assert.Equal("from-json", options.Namespace);
        Assert.Equal(9465, options.Metrics.Port);
        Assert.Equal(new Dictionary<string, int> { ["a_total"] = 5, ["b_total"] = 6 }, options.Metrics.SeriesLimits);
    }

    /// <summary>A comma means something in a regular expression.</summary>
    [Theory]
    [InlineData("Logging:RedactedPatterns", @"\bssn=[0-9]{3,9}", new[] { @"\bssn=[0-9]{3,9}" })]
    [InlineData("Logging:RedactedPatterns", "", new string[0])]
    [InlineData("Logging:RedactedProperties", "ssn, card", new[] { "ssn", "card" })]
    public void One_text_is_one_expression_and_several_names(string key, string text, string[] items)
    {
        var options = Read(more: c => c.AddInMemoryCollection([new($"{OptionKey.Section}:{key}", text)]));

        Assert.Equal(items, key == "Logging:RedactedPatterns" ? options.Logging.RedactedPatterns : options.Logging.RedactedProperties);
    }

    [Fact]
    public void An_environment_variable_wins_over_a_file()
    {
        var prefix = $"COLINK_TEST_{Guid.NewGuid():N}_";
        var variable = prefix + OptionKey.All.Single(key => key.Name == "Metrics:MaxSeriesPerMetric").EnvironmentVariable;
        Environment.SetEnvironmentVariable(variable, "7");
        try
        {
            var options = Read("""{ "CoLink": { "Observability": { "Metrics": { "MaxSeriesPerMetric": 5, "Path": "/m" } } } }""", more: c => c.AddEnvironmentVariables(prefix));

            Assert.Equal(7, options.Metrics.MaxSeriesPerMetric);
            Assert.Equal("/m", options.Metrics.Path);
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [Fact]
    public void A_list_in_the_section_replaces_the_default()
    {
        var options = Read("""{ "CoLink": { "Observability": { "ExcludedPaths": [ "/ready" ], "Http": { "PrecreatedStatuses": [ 502, 503 ] } } } }""");

        Assert.Equal(["/ready"], options.ExcludedPaths);
        Assert.Equal([502, 503], options.Http.PrecreatedStatuses);
    }

    [Fact]
    public void One_text_holds_a_whole_list_and_wins_over_the_items_of_a_file()
    {
        var options = Read(
            """{ "CoLink": { "Observability": { "ExcludedPaths": [ "/a", "/b", "/c" ] } } }""",
            settings: new() { ["CoLink:Observability:ExcludedPaths"] = " /x , /y*,, ", ["CoLink:Observability:Http:PrecreatedStatuses"] = "500, 503" });

        Assert.Equal(["/x", "/y*"], options.ExcludedPaths);
        Assert.Equal([500, 503], options.Http.PrecreatedStatuses);
    }

    [Fact]
    public void A_list_of_more_than_ten_items_keeps_its_order()
    {
        var paths = Enumerable.Range(0, 12).Select(i => $"/p{i}").ToArray();

        var options = Read(settings: paths.Select((path, i) => (path, i)).ToDictionary(item => $"CoLink:Observability:ExcludedPaths:{item.i}", item => (string?)item.path));

        Assert.Equal(paths, options.ExcludedPaths);
    }

    [Theory]
    [InlineData("""{ "CoLink": { "Observability": { "ExcludedPaths": [], "Http": { "PrecreatedStatuses": [] } } } }""")]
    [InlineData("""{ "CoLink": { "Observability": { "ExcludedPaths": "", "Http": { "PrecreatedStatuses": "" } } } }""")]
    public void An_empty_list_switches_its_default_off(string json)
    {
        var options = Read(json);

        Assert.Empty(options.ExcludedPaths!);
        Assert.Empty(options.Http.PrecreatedStatuses!);
    }

    [Fact]
    public void An_empty_text_and_null_mean_not_set_except_for_a_guard()
    {
        var keys = OptionKey.All.Where(key => !key.IsList && !key.IsGuard).Select(key => key.FullName).ToArray();
        var defaults = Read();

        foreach (var value in new[] { "", null })
        {
            var options = Read(settings: keys.ToDictionary(key => key, _ => value));
            Assert.All(OptionKey.All.Where(key => !key.IsList), key => Assert.Equal(key.Get(defaults), key.Get(options)));
        }
    }

    [Fact]
    public void OpenTelemetrys_variables_are_honoured_where_the_section_is_silent()
    {
        Dictionary<string, string?> settings = new()
        {
            ["OTEL_SERVICE_NAME"] = "users",
            ["OTEL_RESOURCE_ATTRIBUTES"] =
                "service.name=ignored, service.namespace=c%20o%2Cl,service.version=1%3D2,deployment.environment.name=caf%C3%A9,service.instance.id=pod-7,broken,empty=,=x",
        };

        var options = Read(settings: settings);

        Assert.Equal(
            ("users", "c o,l", "1=2", "café", "pod-7"),
            (options.ServiceName, options.Namespace, options.Version, options.Environment, options.Instance));
    }

    [Theory]
    [InlineData("OTEL_SERVICE_NAME", "two\nlines", "OTEL_SERVICE_NAME is 'two\nlines'")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES", "service.version=1%0A2", "OTEL_RESOURCE_ATTRIBUTES, service.version, is '1\n2'")]
    public void A_variable_of_OpenTelemetrys_that_holds_no_name_is_named_itself(string variable, string value, string message)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Read(settings: new Dictionary<string, string?> { [variable] = value }));

        Assert.Contains(message, refused.Message);
        Assert.Contains("but allowed is a text of 1 to 255 characters", refused.Message);
    }

    [Fact]
    public void The_section_wins_over_OpenTelemetrys_variables()
    {
        Dictionary<string, string?> settings = new()
        {
            ["OTEL_SERVICE_NAME"] = "from-otel",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "service.namespace=from-otel",
            ["CoLink:Observability:ServiceName"] = "from-section",
        };

        var options = Read(settings: settings, configure: o => o.Namespace = "from-code");

        Assert.Equal(("from-section", "from-code"), (options.ServiceName, options.Namespace));
    }

    [Fact]
    public void The_resource_names_the_service_where_the_other_variable_is_empty()
    {
        var options = Read(settings: new() { ["OTEL_SERVICE_NAME"] = " ", ["OTEL_RESOURCE_ATTRIBUTES"] = "service.name=users,deployment.environment=staging" });

        Assert.Equal(("users", "staging"), (options.ServiceName, options.Environment));
    }

    [Fact]
    public void Keys_are_found_in_any_case()
    {
        Assert.Equal("/m", Read(settings: new() { ["COLINK:OBSERVABILITY:METRICS:PATH"] = "/m" }).Metrics.Path);
    }

    [Fact]
    public async Task Each_key_that_sets_nothing_is_warned_of_once_with_the_nearest_that_exists()
    {
        await using var app = await RunningApp.StartAsync(settings: new Dictionary<string, string?>
        {
            ["CoLink:Observability:Metrics:Pfad"] = "/m",
            ["CoLink:Observability:Servicename2"] = "users",
            ["CoLink:Observability:Http:PrecreatedStatus:0"] = "500",
            ["CoLink:Observability:Metrics:SeriesLimits:a_total"] = "5",
            ["CoLink:Observability:ExcludedPaths:0"] = "/x",
            ["CoLink:Observability:metrics:maxconcurrentscrapes"] = "3",
        });

        var warnings = app.Logs.Of(141).ToArray();

        Assert.All(warnings, warning => Assert.Equal(LogLevel.Warning, warning.Level));
        Assert.Equal(3, warnings.Length);
        Assert.Contains(warnings, w => w.Message.Contains("Observability:Metrics:Pfad sets nothing; did you mean CoLink:Observability:Metrics:Path?", StringComparison.Ordinal));
        Assert.Contains(warnings, w => w.Message.Contains("Observability:Servicename2 sets nothing; did you mean CoLink:Observability:ServiceName?", StringComparison.Ordinal));
        Assert.Contains(warnings, w => w.Message.Contains("Observability:Http:PrecreatedStatus:0 sets nothing; did you mean CoLink:Observability:Http:PrecreatedStatuses?", StringComparison.Ordinal));
    }

    private static CoLinkObservabilityOptions Read(
        string? json = null, Dictionary<string, string?>? settings = null, Action<CoLinkObservabilityOptions>? configure = null, Action<IConfigurationBuilder>? more = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        if (json is not null)
            builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)));
        if (settings is not null)
            builder.Configuration.AddInMemoryCollection(settings);
        more?.Invoke(builder.Configuration);
        builder.AddCoLinkObservability(configure);
        using var host = builder.Build();
        return host.Services.GetRequiredService<IOptions<CoLinkObservabilityOptions>>().Value;
    }
}
