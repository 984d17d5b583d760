using CoLink.Observability.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace CoLink.Observability.Integration.Repository;

/// <summary>A file below .github, read as a map.</summary>
internal sealed class Workflow(string path)
{
    private readonly YamlMappingNode _root = Read(path);

    public static IReadOnlyList<Workflow> All { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Golden.Root, ".github", "workflows")).Order(StringComparer.Ordinal).Select(file => new Workflow(file))];

    public string Name => Path.GetFileNameWithoutExtension(path);

    public IEnumerable<string> Triggers => Map(_root, "on").Children.Keys.Select(key => $"{key}");

    public IReadOnlyDictionary<string, string> Permissions => Texts(_root, "permissions");

    public IEnumerable<(string Name, YamlMappingNode Job)> Jobs => Map(_root, "jobs").Children.Select(job => ($"{job.Key}", (YamlMappingNode)job.Value));

    public IEnumerable<YamlMappingNode> Steps => Jobs.SelectMany(job => ((YamlSequenceNode)job.Job["steps"]).Children.Cast<YamlMappingNode>());

    /// <summary>What its steps give to a shell.</summary>
    public IEnumerable<string> Commands => Steps.Select(step => Text(step, "run")).OfType<string>();

    /// <summary>The actions of others that it uses.</summary>
    public IEnumerable<string> Actions => Steps.Select(step => Text(step, "uses")).OfType<string>();

    public static YamlMappingNode Read(string path)
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(path);
        yaml.Load(reader);
        return Assert.IsType<YamlMappingNode>(Assert.Single(yaml.Documents).RootNode);
    }

    public static YamlMappingNode Map(YamlMappingNode node, string key) => (YamlMappingNode)node[key];

    public static string? Text(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? $"{value}" : null;

    /// <summary>Empty where the key is not there.</summary>
    public static IReadOnlyDictionary<string, string> Texts(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var value) ? ((YamlMappingNode)value).Children.ToDictionary(pair => $"{pair.Key}", pair => $"{pair.Value}") : [];
}
