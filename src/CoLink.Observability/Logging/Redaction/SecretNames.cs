namespace CoLink.Observability.Logging.Redaction;

/// <summary>
/// The names whose values are not shown, matched by their words: <c>api_key</c>, <c>X-Api-Key</c>, <c>APIKey</c> and <c>ApiKeys</c>
/// are all <c>apikey</c>, <c>keyapi</c> and <c>Tokenizer</c> are nothing of theirs.
/// </summary>
internal sealed class SecretNames(IEnumerable<string> names)
{
    /// <summary>On the stack; a longer name takes arrays.</summary>
    private const int Ordinary = 128;

    private readonly string[] _names =
        [.. names.Select(name => string.Concat(name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant))).Where(name => name.Length > 0).Distinct()];

    public bool IsEmpty => _names.Length == 0;

    public bool Contains(ReadOnlySpan<char> name)
    {
        var letters = name.Length <= Ordinary ? stackalloc char[Ordinary] : new char[name.Length];
        var isWordStart = name.Length < Ordinary ? stackalloc bool[Ordinary] : new bool[name.Length + 1];
        isWordStart.Clear();
        letters = letters[..Read(name, letters, isWordStart)];
        isWordStart[letters.Length] = true;

        for (var start = 0; start < letters.Length; start++)
        {
            if (isWordStart[start] && StartsWithSecret(letters, isWordStart, start))
                return true;
        }

        return false;
    }

    private bool StartsWithSecret(ReadOnlySpan<char> letters, ReadOnlySpan<bool> isWordStart, int start)
    {
        foreach (var secret in _names)
        {
            var end = start + secret.Length;
            if (letters[start..].StartsWith(secret, StringComparison.Ordinal)
                && (isWordStart[end] || (letters[end] == 's' && isWordStart[end + 1])))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The letters and digits in lower case, and where words may begin. In a row of capitals the last belongs to either side:
    /// <c>APIKey</c> and <c>OAUTHtoken</c> are both written.
    /// </summary>
    private static int Read(ReadOnlySpan<char> name, Span<char> letters, Span<bool> isWordStart)
    {
        var length = 0;
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsLetterOrDigit(name[i]))
            {
                isWordStart[length] = true;
                continue;
            }

            isWordStart[length] |= i == 0 || BeginsWord(name, i);
            letters[length++] = char.ToLowerInvariant(name[i]);
        }

        return length;
    }

    private static bool BeginsWord(ReadOnlySpan<char> name, int i)
    {
        var (before, here) = (name[i - 1], name[i]);
        if (char.IsUpper(here) != char.IsUpper(before) || char.IsDigit(here) != char.IsDigit(before))
            return true;
        return char.IsUpper(here) && i + 1 < name.Length && char.IsLower(name[i + 1]);
    }
}
