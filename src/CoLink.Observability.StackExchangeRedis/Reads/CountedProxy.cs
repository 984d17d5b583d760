using StackExchange.Redis;

namespace CoLink.Observability.StackExchangeRedis.Reads;

/// <summary>What <see cref="ProxyTypes"/> derives its classes from.</summary>
internal abstract class CountedProxy(object inner, CountedReads reads)
{
    /// <summary>The app's own.</summary>
    public object Inner => inner;

    /// <summary>Who counts; read by the generated code.</summary>
    public CountedReads Reads => reads;

    public static IConnectionMultiplexer Unwrap(IConnectionMultiplexer multiplexer) =>
        multiplexer is CountedProxy proxy ? (IConnectionMultiplexer)proxy.Inner : multiplexer;

    public override string? ToString() => inner.ToString();

    public override bool Equals(object? obj) => inner.Equals(obj is CountedProxy other ? other.Inner : obj);

    public override int GetHashCode() => inner.GetHashCode();
}
