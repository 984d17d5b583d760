using System.Text;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Kubernetes;

/// <summary>
/// The rules as objects, each small enough for a cluster. Most rules name every service, so with the services both the number of rules and
/// the size of each grow: of many services the rules are written in parts, and those that are of no service stand apart, once.
/// </summary>
internal static class RuleObjects
{
    /// <summary>What the operator puts into one ConfigMap: an object beyond it is refused, and its rules are not loaded.</summary>
    public const int MostBytes = 512 * 1024;

    /// <summary>Services of a part at first; where their names are long, and an object still too large, half as many.</summary>
    private const int Most = 128;

    public const string Name = "colink";

    /// <returns>The name of each object and its groups; the first is of no service, or of all.</returns>
    public static IReadOnlyList<(string Name, IReadOnlyList<Map> Groups)> Of(RuleContext context)
    {
        IReadOnlyList<(string Name, IReadOnlyList<Map> Groups)> objects = [(Name, RuleFile.Groups(context))];
        for (var size = Math.Min(Most, (context.Services.Count + 1) / 2); !objects.All(Fits); size /= 2)
        {
            if (size == 0 || context.Services.Count < 2)
                throw new InvalidOperationException($"The rules of a single service are larger than the {MostBytes} bytes that a cluster takes.");
            objects = InParts(context, [.. context.Services.Chunk(size)]);
        }

        return objects;
    }

    /// <param name="context">Of the whole platform.</param>
    /// <param name="parts">Two or more, each with services of its own.</param>
    public static IReadOnlyList<(string Name, IReadOnlyList<Map> Groups)> InParts(RuleContext context, IReadOnlyList<Service[]> parts)
    {
        var rules = parts.Select(part => RuleGroups.Of(context.For(part)).Select(group => new Written(group, context)).ToArray()).ToArray();
        var ofNone = rules[0].SelectMany(group => group.Texts).Intersect(rules[1].SelectMany(group => group.Texts), StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        return
        [
            (Name, Groups(rules[0], ofNone.Contains, "", context)),
            .. rules.Select((part, index) => ($"{Name}-services-{index + 1}", Groups(part, text => !ofNone.Contains(text), $"-{index + 1}", context))),
        ];
    }

    private static IReadOnlyList<Map> Groups(IEnumerable<Written> groups, Func<string, bool> isOfIt, string suffix, RuleContext context) =>
    [
        .. groups.Select(group => group.Group with { Name = group.Group.Name + suffix, Rules = [.. group.Group.Rules.Where((_, index) => isOfIt(group.Texts[index]))] })
            .Where(group => group.Rules.Count > 0)
            .Select(group => RuleFile.Group(group, context)),
    ];

    private static bool Fits((string Name, IReadOnlyList<Map> Groups) rules) => Encoding.UTF8.GetByteCount(Yaml.Write("", new Map { { "groups", rules.Groups } })) < MostBytes;

    /// <param name="Group">Rules as they are.</param>
    private sealed record Written(RuleGroup Group, RuleContext Context)
    {
        /// <summary>Each as it is written, by which those of two parts are compared.</summary>
        public IReadOnlyList<string> Texts { get; } = [.. Group.Rules.Select(rule => Yaml.Write(Group.Name, RuleFile.Rule(rule, Context)))];
    }
}
