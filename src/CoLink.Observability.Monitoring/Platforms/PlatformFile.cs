using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace CoLink.Observability.Monitoring.Platforms;

/// <summary>Reads <c>colink-monitoring.yml</c>. What it says that cannot be is refused, all of it at once, each with its line.</summary>
internal static class PlatformFile
{
    public const string Name = "colink-monitoring.yml";

    /// <exception cref="PlatformException">The file is missing, is no YAML, or says what cannot be.</exception>
    public static Platform Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new PlatformException([$"{path}: cannot be read: {missing.Message}"]);
        }
    }

    public static Platform Parse(string yaml, string path = Name)
    {
        var problems = new Problems(path);
        var root = new Section(problems, "", 1, Root(yaml, path));
        var platform = PlatformReader.Read(root);
        root.End();
        PlatformRules.Check(platform, problems);
        problems.ThrowIfAny();
        return platform;
    }

    private static YamlNode? Root(string yaml, string path)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return stream.Documents.FirstOrDefault()?.RootNode;
        }
        catch (YamlException broken)
        {
            throw new PlatformException([$"{path}:{broken.Start.Line}: {broken.InnerException?.Message ?? broken.Message}"]);
        }
    }
}
