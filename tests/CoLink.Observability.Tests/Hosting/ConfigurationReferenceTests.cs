using System.Text.Json;
using System.Xml.Linq;
using CoLink.Observability.Hosting.Validation;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Hosting;

public sealed class ConfigurationReferenceTests
{
    private const string Project = "src/CoLink.Observability";

    [Fact]
    public void The_committed_reference_is_what_the_options_say() => Golden.Check("docs/configuration.md", ConfigurationReference.Render());

    [Fact]
    public void The_committed_schema_is_what_the_options_say() => Golden.Check($"{Project}/ConfigurationSchema.json", ConfigurationSchema.Render());

    [Fact]
    public void A_default_in_words_is_the_default_in_code() =>
        Assert.All(ConfigurationReference.Options.Where(option => option.DefaultInCode is not null), option =>
            Assert.Equal(option.DefaultInCode, option.Default.Split(',')[0]));

    [Fact]
    public void Every_option_has_a_rule_or_a_type_that_is_one() =>
        Assert.All(OptionKey.All, key => Assert.NotEqual("", key.Allowed));

    [Fact]
    public void The_schema_knows_every_key_by_its_path()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Root, Project, "ConfigurationSchema.json")));

        Assert.All(OptionKey.All, key =>
        {
            var node = key.FullName.Split(':').Aggregate(schema.RootElement, (at, name) => at.GetProperty("properties").GetProperty(name));
            Assert.NotEqual("", node.GetProperty("description").GetString());
        });
    }

    /// <summary>An editor finds the schema through an item that the package's targets add to the project that references it.</summary>
    [Fact]
    public void The_package_brings_the_schema_and_the_targets_that_name_it()
    {
        var project = XDocument.Load(Path.Combine(Golden.Root, Project, "CoLink.Observability.csproj"));
        var packed = project.Descendants("None").Where(item => (string?)item.Attribute("Pack") == "true")
            .ToDictionary(item => (string)item.Attribute("Include")!, item => (string)item.Attribute("PackagePath")!);
        var targets = XDocument.Load(Path.Combine(Golden.Root, Project, "buildTransitive", "CoLink.Observability.targets"));
        var segment = Assert.Single(targets.Descendants("JsonSchemaSegment"));

        Assert.Equal("/", packed["ConfigurationSchema.json"]);
        Assert.Equal("buildTransitive/", packed["buildTransitive/CoLink.Observability.targets"]);
        Assert.Equal(@"$(MSBuildThisFileDirectory)..\ConfigurationSchema.json", (string)segment.Attribute("Include")!);
        Assert.Matches((string)segment.Attribute("FilePathPattern")!, "appsettings.Development.json");
    }
}
