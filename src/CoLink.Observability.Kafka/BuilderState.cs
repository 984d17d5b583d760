using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace CoLink.Observability.Kafka;

/// <summary>
/// Moves what a client's builder was told to another builder. It hands none of it out, but it keeps all of it in its fields,
/// whatever a later version of the client adds.
/// </summary>
internal static class BuilderState
{
    private static readonly MethodInfo ShallowCopy = typeof(object).GetMethod(nameof(MemberwiseClone), BindingFlags.Instance | BindingFlags.NonPublic)!;

    /// <summary>A builder of the same type, which may be the app's own, that was told the same.</summary>
    public static TBuilder Clone<TBuilder>(TBuilder builder)
        where TBuilder : class => (TBuilder)ShallowCopy.Invoke(builder, null)!;

    /// <summary>Tells one builder all that the other was told, as far as the client's own type goes.</summary>
    public static void Copy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields)] TBuilder>(TBuilder from, TBuilder to)
        where TBuilder : class
    {
        foreach (var field in typeof(TBuilder).GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            field.SetValue(to, field.GetValue(from));
    }

    /// <summary>The last value of a setting wins, as it does in the client.</summary>
    public static string? Setting(IEnumerable<KeyValuePair<string, string>>? config, string key) =>
        config?.LastOrDefault(setting => setting.Key == key).Value;
}
