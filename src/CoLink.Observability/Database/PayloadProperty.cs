using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace CoLink.Observability.Database;

/// <summary>
/// A property of payloads whose classes are not referenced, read through a delegate made once for each class. A payload without it,
/// or with another type in it, has no value.
/// </summary>
internal sealed class PayloadProperty<TValue>(string name)
{
    /// <summary>EF has one class for each event; more of them than this is somebody else's, and is not read.</summary>
    private const int MaxClasses = 16;

    private readonly Lock _gate = new();
    private (Type Class, Func<object, TValue>? Get)[] _known = [];

    public bool TryGet(object payload, out TValue? value)
    {
        if (Find(payload.GetType()) is { } get)
        {
            value = get(payload);
            return true;
        }

        value = default;
        return false;
    }

    private Func<object, TValue>? Find(Type type)
    {
        foreach (var (known, get) in Volatile.Read(ref _known))
        {
            if (known == type)
                return get;
        }

        return Learn(type);
    }

    private Func<object, TValue>? Learn(Type type)
    {
        lock (_gate)
        {
            foreach (var (known, found) in _known)
            {
                if (known == type)
                    return found;
            }

            if (_known.Length >= MaxClasses)
                return null;
            var get = Getter(type);
            Volatile.Write(ref _known, [.. _known, (type, get)]);
            return get;
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Where the property was trimmed away the payload has no value, and its event is not measured.")]
    [UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "The method has no requirements on its type argument.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "The type argument is a class, for which shared code exists.")]
    private Func<object, TValue>? Getter(Type type)
    {
        var getter = type.GetProperty(name, BindingFlags.Public | BindingFlags.Instance)?.GetMethod;
        if (getter is null || type.IsValueType || !typeof(TValue).IsAssignableFrom(getter.ReturnType) || (getter.ReturnType.IsValueType && getter.ReturnType != typeof(TValue)))
            return null;
        var typed = typeof(PayloadProperty<TValue>).GetMethod(nameof(Typed), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type);
        return typed.CreateDelegate<Func<MethodInfo, Func<object, TValue>>>()(getter);
    }

    private static Func<object, TValue> Typed<TPayload>(MethodInfo getter)
        where TPayload : class
    {
        var get = getter.CreateDelegate<Func<TPayload, TValue>>();
        return payload => get((TPayload)payload);
    }
}
