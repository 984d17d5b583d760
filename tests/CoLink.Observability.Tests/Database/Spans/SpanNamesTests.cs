using System.Globalization;
using CoLink.Observability.Database.Spans;

namespace CoLink.Observability.Tests.Database.Spans;

public sealed class SpanNamesTests
{
    [Fact]
    public void A_name_is_made_once()
    {
        var names = new SpanNames();

        var name = names.Of("SELECT", "shop");

        Assert.Equal("SELECT shop", name);
        Assert.Same(name, names.Of("SELECT", "shop"));
        Assert.Equal("INSERT shop", names.Of("INSERT", "shop"));
    }

    /// <summary>A database a tenant must not make the memory grow.</summary>
    [Fact]
    public void Beyond_the_limit_a_name_is_right_and_not_kept()
    {
        var names = new SpanNames();
        for (var i = 0; i < 1_000; i++)
            names.Of("SELECT", i.ToString(CultureInfo.InvariantCulture));

        Assert.Equal("SELECT one more", names.Of("SELECT", "one more"));
        Assert.NotSame(names.Of("SELECT", "one more"), names.Of("SELECT", "one more"));
        Assert.Same(names.Of("SELECT", "999"), names.Of("SELECT", "999"));
    }
}
