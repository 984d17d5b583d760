using System.Reflection;

namespace CoLink.Observability.Tests.Architecture;

public sealed class HouseRuleTests
{
    private const string Rule = """
        The rule of the house: request → Observer → Metrics (the family) → Registry → Exposition. An Observer watches something and
        knows its family. A family owns names, labels, buckets and the verbs that record. The Registry is the only room that knows
        prometheus-net. Exposition only reads. Nobody looks back up.
        """;

    private const string Root = "CoLink.Observability";
    private const string Validation = "Hosting.Validation";

    private static readonly Assembly Library = typeof(CoLinkObservabilityOptions).Assembly;

    private static readonly (Type User, Type Used, bool AsAttribute)[] Uses = [.. Dependencies.Of(Library)];

    /// <summary>
    /// What each room may use besides itself; "" is the root, which holds the options that every room reads at the door. Rules on
    /// options are attributes of Hosting.Validation, and every room may wear those.
    /// </summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Catalogue"] = [],
        ["Registry"] = ["Catalogue"],
        ["Business"] = ["Registry", "Catalogue"],
        ["Http"] = ["Registry", "Catalogue"],
        ["Runtime"] = ["Registry", "Catalogue"],
        ["Database"] = ["Registry", "Catalogue"],
        ["Cache"] = ["Registry", "Catalogue"],

        // A socket begins as a request: its endpoint is a route, and the one exclusion list holds for it.
        ["WebSockets"] = ["Http", "Registry", "Catalogue"],
        ["Health"] = ["Registry", "Catalogue"],
        ["Exposition"] = ["Registry", "Catalogue", ""],

        // A request line is about a request, whose route the HTTP room knows.
        ["Logging"] = ["Http", "Registry", "Catalogue"],

        // The one exclusion list holds for spans.
        ["Tracing"] = ["Http", "Registry", "Catalogue"],

        // The rules ask the rooms what they can parse.
        [Validation] = ["", "Registry", "Http", "Exposition", "Logging", "Tracing"],

        // The door and the lifecycle put the rooms together.
        ["Hosting"] = ["", "Business", "Cache", "Catalogue", "Database", "Exposition", "Health", "Http", "Logging", "Registry", "Runtime", "Tracing", "WebSockets", Validation],
        [""] = ["Business", "Cache", "Catalogue", "Database", "Exposition", "Hosting", "Health", "Http", "Logging", "Registry", "Runtime", "Tracing", "WebSockets", Validation],
    };

    public static TheoryData<string> Rooms { get; } = [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_uses_only_what_is_below_it(string room)
    {
        var breaches = Uses
            .Where(use => RoomOf(use.User) == room && RoomOf(use.Used) is { } used && used != room && !Allowed[room].Contains(used))
            .Where(use => !(use.AsAttribute && RoomOf(use.Used) == Validation))
            .Select(use => $"{use.User.FullName} uses {use.Used.FullName}")
            .ToArray();

        Assert.True(breaches.Length == 0, $"{Rule}\nBut:\n{string.Join("\n", breaches)}");
    }

    [Fact]
    public void Only_the_Registry_knows_prometheus_net()
    {
        var breaches = Uses
            .Where(use => use.Used.Namespace?.Split('.')[0] == "Prometheus" && RoomOf(use.User) != "Registry")
            .Select(use => $"{use.User.FullName} uses {use.Used.FullName}")
            .ToArray();

        Assert.True(breaches.Length == 0, $"{Rule}\nBut:\n{string.Join("\n", breaches)}");
        Assert.Contains(Uses, use => use.Used.Namespace == "Prometheus");
    }

    [Fact]
    public void A_new_room_has_its_place_in_the_rule() =>
        Assert.All(Library.GetTypes().Select(RoomOf).OfType<string>().Distinct(), room => Assert.Contains(room, Allowed.Keys));

    [Fact]
    public void What_a_service_sees_is_free_of_prometheus_net() =>
        Assert.DoesNotContain(SourceFiles.Ledger, line => line.Contains("Prometheus.", StringComparison.Ordinal));

    /// <summary>Null for what is not ours: other assemblies, and what compilers and source generators put into this one.</summary>
    private static string? RoomOf(Type type)
    {
        if (type.Assembly != Library || type.Namespace is not { } name)
            return null;
        if (name is "Microsoft.Extensions.Hosting" or "Microsoft.AspNetCore.Builder" or "System.Data.Common" or Root)
            return "";
        if (!name.StartsWith(Root + ".", StringComparison.Ordinal))
            return null;

        // A folder in a room belongs to the room, but for the rules, which every room's options wear.
        var folder = name[(Root.Length + 1)..];
        return folder == Validation ? folder : folder.Split('.')[0];
    }
}
