using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Tests.Registry;

public sealed class DeclarationTests
{
    private readonly MetricRegistry _registry = TestRegistry.New().Metrics;

    [Fact]
    public void The_same_declaration_returns_the_same_family()
    {
        Assert.Same(
            _registry.Counter("orders_total", "Orders.", "kind", MetricLabel.OneOf("result", "good", "bad")),
            _registry.Counter("orders_total", "Orders, again.", "kind", MetricLabel.OneOf("result", "good", "bad")));
        Assert.Same(_registry.Gauge("queue_length", "Length."), _registry.Gauge("queue_length", "Length."));
        Assert.Same(_registry.Histogram("wait_seconds", "Wait.", [1, 2]), _registry.Histogram("wait_seconds", "Wait.", [1, 2]));
    }

    [Fact]
    public void The_same_declaration_from_many_threads_is_one_family()
    {
        var families = new CounterFamily[64];
        Parallel.For(0, families.Length, i => families[i] = _registry.Counter("orders_total", "Orders.", "kind"));
        Assert.Single(families.Distinct());
    }

    [Fact]
    public void Other_labels_are_refused()
    {
        _registry.Counter("orders_total", "Orders.", "kind");
        Refuses("is declared with the labels [kind, country], but it exists with [kind]", () => _registry.Counter("orders_total", "Orders.", "kind", "country"));
        Refuses("is declared with the labels [], but it exists with [kind]", () => _registry.Counter("orders_total", "Orders."));
        Refuses("is declared with the labels [kind (a, b)], but it exists with [kind]", () => _registry.Counter("orders_total", "Orders.", MetricLabel.OneOf("kind", "a", "b")));
    }

    [Fact]
    public void Another_type_is_refused()
    {
        _registry.Gauge("basket_items", "Items.");
        Refuses("is declared as a histogram, but it exists as a gauge", () => _registry.Histogram("basket_items", "Items.", [1]));
    }

    [Fact]
    public void Other_buckets_are_refused()
    {
        _registry.Histogram("wait_seconds", "Wait.", [1, 2]);
        Refuses("is declared with other buckets than before", () => _registry.Histogram("wait_seconds", "Wait.", [1, 3]));
    }

    [Fact]
    public void A_counter_and_a_gauge_of_one_openmetrics_family_are_refused()
    {
        _registry.Counter("orders_total", "Orders.");
        Refuses("would share its OpenMetrics family with orders_total", () => _registry.Gauge("orders", "Orders."));
        _registry.Gauge("baskets", "Baskets.");
        Refuses("would share its OpenMetrics family with baskets", () => _registry.Counter("baskets_total", "Baskets."));
    }

    [Fact]
    public void A_refused_declaration_leaves_nothing_behind()
    {
        var before = _registry.Families.Count;
        Assert.Throws<ArgumentException>(() => _registry.Counter("orders", "Orders."));
        Assert.Equal(before, _registry.Families.Count);
        Assert.Null(_registry.Find("orders"));
    }

    [Fact]
    public void A_bounded_label_needs_a_value() =>
        Assert.Contains("'kind' takes one of no values", Assert.Throws<ArgumentException>(() => MetricLabel.OneOf("kind")).Message);

    [Fact]
    public async Task Two_registries_do_not_see_each_other()
    {
        var (one, other) = (TestRegistry.New(), TestRegistry.New());
        one.Metrics.Counter("orders_total", "Orders.").Inc();
        other.Metrics.Gauge("orders", "Orders.").Set(5);

        Assert.Equal(1, (await one.ScrapeAsync()).Value("orders_total"));
        Assert.Null((await one.ScrapeAsync()).Value("orders"));
        Assert.Null((await other.ScrapeAsync()).Value("orders_total"));
    }

    private static void Refuses(string rule, Func<object> declare) => Assert.Contains(rule, Assert.Throws<ArgumentException>(declare).Message);
}
