using CoLink.Observability.Logging.Loki;

namespace CoLink.Observability.Tests.Logging.Loki;

public sealed class PushRefusalTests
{
    private const string Stream = """{app="a", namespace="b", pod="c"}""";

    [Theory]
    [InlineData("entry with timestamp 1 ignored, reason: 'entry too far behind, entry timestamp is: 1'", LogRefusal.Refused)]
    [InlineData("entry for stream '" + Stream + "' has timestamp too old: 2026-01-01T00:00:00Z, oldest acceptable timestamp is: 2026-01-02T00:00:00Z", LogRefusal.TooOld)]
    [InlineData("entry for stream '" + Stream + "' has timestamp too new: 2026-01-01T00:00:00Z", LogRefusal.TooNew)]
    [InlineData("Max entry size '262144' bytes exceeded for stream '" + Stream + "' while adding an entry with length '300000' bytes", LogRefusal.TooLong)]
    [InlineData("entry for stream '" + Stream + "' has 16 label names; limit 15", LogRefusal.Labels)]
    [InlineData("stream '" + Stream + "' has label value too long: 'x'", LogRefusal.Labels)]
    [InlineData("stream '" + Stream + "' has label name too long: 'x'", LogRefusal.Labels)]
    [InlineData("stream '" + Stream + "' has duplicate label name: 'x'", LogRefusal.Labels)]
    [InlineData("Error parsing labels '" + Stream + "' with error: x", LogRefusal.Labels)]
    [InlineData("error at least one label pair is required per stream", LogRefusal.Labels)]
    [InlineData("missing required labels team for user fake for stream " + Stream, LogRefusal.Labels)]
    [InlineData("unexpected end of JSON input", LogRefusal.Refused)]
    [InlineData("", LogRefusal.Refused)]
    internal void A_text_has_a_reason(string text, LogRefusal reason) => Assert.Equal(reason, PushRefusal.Parse(text).Reason);

    [Theory]
    [InlineData("reason: 'entry too far behind, entry timestamp is: 1'", true)]
    [InlineData("entry out of order", true)]
    [InlineData("timestamp too old", false)]
    [InlineData("", false)]
    public void Another_stream_may_take_what_is_too_far_behind_for_its_own(string text, bool isBehind) => Assert.Equal(isBehind, PushRefusal.Parse(text).IsTooFarBehind);

    [Theory]
    [InlineData("timestamp too old", true, true)]
    [InlineData("timestamp too new", true, true)]
    [InlineData("Max entry size", false, true)]
    [InlineData("label name too long", false, false)]
    [InlineData("what nobody knows", false, false)]
    public void A_reason_is_about_a_time_an_entry_or_all_of_a_push(string text, bool isAboutTime, bool isAboutAnEntry)
    {
        var refusal = PushRefusal.Parse(text);

        Assert.Equal((isAboutTime, isAboutAnEntry), (refusal.IsAboutTime, refusal.IsAboutAnEntry));
    }

    [Fact]
    public void A_text_may_have_a_count()
    {
        Assert.Equal((3, 10), PushRefusal.Parse($"entry ignored, reason: 'entry too far behind' user 'fake', total ignored: 3 out of 10 for stream: {Stream}").Counted);
        Assert.Null(PushRefusal.Parse("total ignored: 99999999999 out of 99999999999").Counted);
        Assert.Null(PushRefusal.Parse("timestamp too old").Counted);
    }
}
