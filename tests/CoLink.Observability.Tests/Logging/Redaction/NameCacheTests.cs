using CoLink.Observability.Logging.Redaction;
using CsCheck;

namespace CoLink.Observability.Tests.Logging.Redaction;

public sealed class NameCacheTests
{
    [Fact]
    public void What_is_made_of_a_name_is_made_once()
    {
        var made = 0;
        var cache = new NameCache<string>(name =>
        {
            made++;
            return name.ToUpperInvariant();
        });
        string[] names = [.. Enumerable.Range(0, 60).Select(i => $"Property{i}")];

        for (var i = 0; i < 100; i++)
            Assert.All(names, name => Assert.Equal(name.ToUpperInvariant(), cache.Of(new string(name))));

        Assert.Equal(names.Length, made);
    }

    [Fact]
    public void Names_without_end_take_no_memory_and_mix_nothing_up()
    {
        var made = new List<WeakReference>();
        var cache = new NameCache<string>(name =>
        {
            var one = name + "!";
            made.Add(new WeakReference(one));
            return one;
        });

        for (var i = 0; i < 20_000; i++)
            Assert.Equal($"key{i}!", cache.Of($"key{i}"));
        GC.Collect();

        Assert.InRange(made.Count(one => one.IsAlive), 1, 1000);
        GC.KeepAlive(cache);
    }

    [Fact]
    public void Any_name_at_all_is_known() => Gen.String.Sample(name => new NameCache<string>(one => one + "!").Of(name) == name + "!", iter: 2000);
}
