using CoLink.Observability.Registry;

namespace CoLink.Observability.Tests.Registry;

public sealed class ExemplarOffersTests
{
    [Theory]
    [InlineData(0, 1, false)]
    [InlineData(1, 1.5, true)]
    [InlineData(1.5, 2, false)]
    [InlineData(2, 2.1, true)]
    [InlineData(2.1, double.PositiveInfinity, false)]
    public void A_bucket_ends_with_its_bound_and_takes_one(double first, double second, bool isTaken)
    {
        var offers = new ExemplarOffers([1, 2], new ScrapeRounds());

        Assert.True(offers.TryTake(first));
        Assert.Equal(isTaken, offers.TryTake(second));
    }

    [Fact]
    public void A_counter_has_one_place()
    {
        var offers = new ExemplarOffers([], new ScrapeRounds());

        Assert.Equal([true, false], [offers.TryTake(1), offers.TryTake(5)]);
    }

    [Fact]
    public void After_a_scrape_each_bucket_takes_one_again()
    {
        var rounds = new ScrapeRounds();
        var offers = new ExemplarOffers([1], rounds);
        Assert.Equal([true, true, false, false], Take());

        rounds.Next();

        Assert.Equal([true, true, false, false], Take());

        bool[] Take() => [offers.TryTake(0), offers.TryTake(2), offers.TryTake(0), offers.TryTake(2)];
    }
}
