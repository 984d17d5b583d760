using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Registry;

/// <summary>The strict reader refuses what it should: the round trips are worth as much as it is.</summary>
public sealed class ExpositionRulesTests
{
    private const string Histogram = "# TYPE w_seconds histogram\n";

    [Theory]
    [InlineData("# TYPE a gauge\na 1\n", "does not end in '# EOF'")]
    [InlineData("# TYPE a gauge\na 1\n# EOF", "does not end in a line feed")]
    [InlineData("# TYPE a gauge\n# EOF\na 1\n# EOF\n", "a comment that is no HELP")]
    [InlineData("# TYPE a gauge\n\na 1\n# EOF\n", "no name of a metric")]
    [InlineData("# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\na{x=\"1\"} 1\n# EOF\n", "has begun before")]
    [InlineData("# TYPE a gauge\n# TYPE a gauge\n# EOF\n", "declared twice")]
    [InlineData("# HELP a A.\n# HELP a A.\n# EOF\n", "declared twice")]
    [InlineData("# TYPE a gauge\na 1\n# HELP a A.\n# EOF\n", "behind the family's samples")]
    [InlineData("# TYPE a untyped\n# EOF\n", "is no type")]
    [InlineData("# TYPE a gauge\n# UNIT a seconds\n# EOF\n", "does not end in its unit")]
    [InlineData("# HELP a \"A\"\n# EOF\n", "a bare quote")]
    [InlineData("# HELP a \\t\n# EOF\n", "escapes nothing")]
    [InlineData("# TYPE a gauge\na  1\n# EOF\n", "no number")]
    [InlineData("# TYPE a gauge\na 1,5\n# EOF\n", "no number")]
    [InlineData("# TYPE a gauge\na 0x10\n# EOF\n", "no number")]
    [InlineData("# TYPE a gauge\na{x=\"1\" } 1\n# EOF\n", "no ','")]
    [InlineData("# TYPE a gauge\na{x=\"1\",} 1\n# EOF\n", "no name of a label")]
    [InlineData("# TYPE a gauge\na{x=\"\\t\"} 1\n# EOF\n", "escapes nothing")]
    [InlineData("# TYPE a gauge\na{x=\"1} 1\n# EOF\n", "without end")]
    [InlineData("# TYPE a gauge\na{x=\"1\",x=\"2\"} 1\n# EOF\n", "a label twice")]
    [InlineData("# TYPE a gauge\na{__x=\"1\"} 1\n# EOF\n", "reserved")]
    [InlineData("# TYPE a gauge\na{le=\"1\"} 1\n# EOF\n", "no place here")]
    [InlineData("# TYPE a gauge\na{x=\"1\",y=\"\"} 1\na{x=\"1\"} 1\n# EOF\n", "stands here twice")]
    [InlineData("# TYPE a gauge\na 1 # {t=\"1\"} 1\n# EOF\n", "no place for an exemplar")]
    [InlineData("# TYPE a counter\na 1\n# EOF\n", "has begun before")]
    [InlineData("# TYPE a counter\na_total NaN\n# EOF\n", "no value of a counter")]
    [InlineData("# TYPE a counter\na_total -1\n# EOF\n", "no value of a counter")]
    [InlineData("# TYPE a counter\na_created 1\n# EOF\n", "has no total")]
    [InlineData("# TYPE a counter\na_total 1 # 1\n# EOF\n", "without labels")]
    [InlineData("# TYPE a counter\na_total 1 # {t=\"1\"} 1 1 1\n# EOF\n", "behind the exemplar")]
    [InlineData("# TYPE a counter\na_total{x=\"1\"} 1\na_total{x=\"2\"} 1\na_created{x=\"1\"} 1\n# EOF\n", "do not stand together")]
    [InlineData("# TYPE a counter\na_total 1\n# TYPE a_total gauge\na_total 1\n# EOF\n", "stands here twice")]
    [InlineData("# TYPE a counter\n# TYPE a_total gauge\n# EOF\n", "a name of the family")]
    [InlineData(Histogram + "w_seconds_bucket 1\n# EOF\n", "without its bound")]
    [InlineData(Histogram + "w_seconds_bucket{le=\"1.0\"} 1\nw_seconds_sum 1\nw_seconds_count 1\n# EOF\n", "does not end in the bucket +Inf")]
    [InlineData(Histogram + "w_seconds_bucket{le=\"1\"} 1\nw_seconds_bucket{le=\"+Inf\"} 1\nw_seconds_sum 1\nw_seconds_count 1\n# EOF\n", "not canonical")]
    [InlineData(Histogram + "w_seconds_bucket{le=\"2.0\"} 1\nw_seconds_bucket{le=\"1.0\"} 1\nw_seconds_bucket{le=\"+Inf\"} 1\nw_seconds_sum 1\nw_seconds_count 1\n# EOF\n", "do not ascend")]
    [InlineData(Histogram + "w_seconds_bucket{le=\"1.0\"} 2\nw_seconds_bucket{le=\"+Inf\"} 1\nw_seconds_sum 1\nw_seconds_count 1\n# EOF\n", "do not ascend")]
    [InlineData(Histogram + "w_seconds_bucket{le=\"+Inf\"} 1\nw_seconds_sum 1\nw_seconds_count 2\n# EOF\n", "counts 2")]
    [InlineData(Histogram + "w_seconds_bucket{le=\"1.0\"} 1 # {t=\"1\"} 2\nw_seconds_bucket{le=\"+Inf\"} 1\nw_seconds_sum 1\nw_seconds_count 1\n# EOF\n", "above its bucket")]
    [InlineData(Histogram + "w_seconds_bucket{le=\"1.0\"} 0\nw_seconds_bucket{le=\"+Inf\"} 1 # {t=\"1\"} 1\nw_seconds_sum 1\nw_seconds_count 1\n# EOF\n", "a bucket below")]
    public void What_breaks_OpenMetrics_is_refused_with_its_rule(string text, string rule) =>
        Assert.Contains(rule, Assert.Throws<FormatException>(() => StrictExposition.Parse(text, openMetrics: true)).Message);

    [Theory]
    [InlineData("# TYPE a gauge\na 1\n# EOF\n", "a comment that is no HELP")]
    [InlineData("# TYPE a_seconds gauge\n# UNIT a_seconds seconds\n", "a comment that is no HELP")]
    [InlineData("# HELP a \\\"A\\\"\n", "escapes nothing")]
    [InlineData("# TYPE a gauge\na infinite\n", "no number")]
    [InlineData("# TYPE a gauge\na 1 1.5\n", "no timestamp")]
    [InlineData("# TYPE a counter\na 1 # {t=\"1\"} 1\n", "no exemplars")]
    [InlineData(Histogram + "w_seconds_bucket{le=\"+Inf\"} 1\nw_seconds_count 1\n", "has no sum")]
    public void What_breaks_the_text_format_is_refused_with_its_rule(string text, string rule) =>
        Assert.Contains(rule, Assert.Throws<FormatException>(() => StrictExposition.Parse(text, openMetrics: false)).Message);

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void An_exemplar_has_at_most_128_characters_of_Unicode(int smileys, bool allowed)
    {
        var value = string.Concat(Enumerable.Repeat("😀", smileys));
        var text = $"# TYPE a counter\na_total 1 # {{{new string('k', 64)}=\"{value}\"}} 1\n# EOF\n";

        Assert.Equal(!allowed, Record.Exception(() => StrictExposition.Parse(text, openMetrics: true)) is FormatException);
    }

    [Fact]
    public void Half_a_pair_is_no_text() => Assert.Throws<FormatException>(() => StrictExposition.Parse("# HELP a \uD800\n", openMetrics: false));

    [Fact]
    public void What_is_right_is_read()
    {
        var read = StrictExposition.Parse(
            "# TYPE w_seconds histogram\n# UNIT w_seconds seconds\n# HELP w_seconds A \\\"wait\\\",\\nin \\\\ lines.\n"
            + "w_seconds_bucket{x=\"\\\"\\\\\\n\",le=\"0.5\"} 1 # {trace_id=\"1\"} 0.25 1.5\nw_seconds_bucket{x=\"\\\"\\\\\\n\",le=\"+Inf\"} 2\n"
            + "w_seconds_sum{x=\"\\\"\\\\\\n\"} 1e-3\nw_seconds_count{x=\"\\\"\\\\\\n\"} 2.0\nw_seconds_created{x=\"\\\"\\\\\\n\"} 1\nbare 1 7\n# EOF\n",
            openMetrics: true);

        var wait = read.Family("w_seconds");
        Assert.Equal(("histogram", "seconds", "A \"wait\",\nin \\ lines."), (wait.Type, wait.Unit, wait.Help));
        Assert.Equal(.001, wait.Value("w_seconds_sum", ("x", "\"\\\n")));
        var exemplar = wait.Samples[0].Exemplar!;
        Assert.Equal((.25, 1.5, ("trace_id", "1")), (exemplar.Value, exemplar.Timestamp, exemplar.Labels.Single()));
        Assert.Equal("unknown", read.Family("bare").Type);
    }
}
