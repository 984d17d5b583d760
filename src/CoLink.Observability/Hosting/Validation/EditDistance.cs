namespace CoLink.Observability.Hosting.Validation;

/// <summary>How much two names differ: for hints at what somebody may have meant.</summary>
internal static class EditDistance
{
    /// <summary>Levenshtein's, whatever the case; names are small, so a row of the table is enough.</summary>
    public static int Of(string one, string other)
    {
        var (a, b) = (one.ToUpperInvariant(), other.ToUpperInvariant());
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
