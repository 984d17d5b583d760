namespace CoLink.Observability.Database;

internal enum SqlToken
{
    End,
    Word,

    /// <summary>A string, or a name in quotes.</summary>
    Quoted,

    /// <summary>Parentheses with everything in them.</summary>
    Group,
    Comma,
    Other,
}

/// <summary>Goes once through a statement, of whatever dialect. What is not closed ends with the text; nothing is looked at twice.</summary>
internal ref struct SqlScanner(ReadOnlySpan<char> sql)
{
    private readonly ReadOnlySpan<char> _sql = sql;
    private int _at;

    private readonly char Here => _at < _sql.Length ? _sql[_at] : '\0';

    private readonly char After => _at + 1 < _sql.Length ? _sql[_at + 1] : '\0';

    /// <summary>To the first character of the first statement: past blanks, comments, and what may stand around or before it.</summary>
    public void SkipToStatement()
    {
        while (true)
        {
            SkipBlanks();
            if (Here is '(' or ';' or '{' or '\uFEFF')
                _at++;
            else if (Here == '#')
                SkipLine();
            else
                return;
        }
    }

    /// <summary>The word that begins here, or nothing.</summary>
    public ReadOnlySpan<char> Word()
    {
        var start = _at;
        if (IsWordStart(Here))
        {
            do
                _at++;
            while (IsWordPart(Here));
        }

        return _sql[start.._at];
    }

    /// <param name="word">The word, where it is one.</param>
    /// <param name="afterGroup">The token before was a group: then parentheses stand around the main statement, and it is entered.</param>
    public SqlToken Next(out ReadOnlySpan<char> word, bool afterGroup)
    {
        word = [];
        SkipBlanks();
        switch (Here)
        {
            case '\0' when _at >= _sql.Length:
                return SqlToken.End;
            case '(' when !afterGroup:
                SkipGroup();
                return SqlToken.Group;
            case ',':
                _at++;
                return SqlToken.Comma;
            case 'e' or 'E' when After == '\'':
                _at++;
                SkipEscaped();
                return SqlToken.Quoted;
        }

        if (TrySkipQuoted())
            return SqlToken.Quoted;
        word = Word();
        if (word.Length > 0)
            return SqlToken.Word;
        _at++;
        return SqlToken.Other;
    }

    private void SkipGroup()
    {
        var depth = 0;
        while (_at < _sql.Length)
        {
            SkipBlanks();
            switch (Here)
            {
                case '(':
                    depth++;
                    _at++;
                    break;
                case ')':
                    _at++;
                    if (--depth == 0)
                        return;
                    break;
                case 'e' or 'E' when After == '\'':
                    _at++;
                    SkipEscaped();
                    break;
                default:
                    if (!TrySkipQuoted() && Word().Length == 0)
                        _at++;
                    break;
            }
        }
    }

    private bool TrySkipQuoted()
    {
        // A doubled quote ends one string and begins the next: the same in the end.
        switch (Here)
        {
            case '\'' or '"' or '`':
                SkipPast(Here);
                return true;
            case '[':
                SkipPast(']');
                return true;
            case '$':
                return TrySkipDollarQuoted();
            default:
                return false;
        }
    }

    private void SkipPast(char end)
    {
        var length = _sql[(_at + 1)..].IndexOf(end);
        _at = length < 0 ? _sql.Length : _at + length + 2;
    }

    /// <summary>A string of PostgreSQL in which a backslash escapes.</summary>
    private void SkipEscaped()
    {
        for (_at++; _at < _sql.Length; _at++)
        {
            if (Here == '\\')
                _at++;
            else if (Here == '\'')
            {
                _at++;
                return;
            }
        }

        _at = _sql.Length;
    }

    /// <summary><c>$tag$ … $tag$</c>, but not the parameter <c>$1</c>.</summary>
    private bool TrySkipDollarQuoted()
    {
        var end = _at + 1;
        if (end < _sql.Length && IsWordStart(_sql[end]))
        {
            while (end < _sql.Length && _sql[end] != '$' && IsWordPart(_sql[end]))
                end++;
        }

        if (end >= _sql.Length || _sql[end] != '$')
            return false;
        var tag = _sql[_at..(end + 1)];
        var length = _sql[(end + 1)..].IndexOf(tag);
        _at = length < 0 ? _sql.Length : end + 1 + length + tag.Length;
        return true;
    }

    private void SkipBlanks()
    {
        while (_at < _sql.Length)
        {
            if (char.IsWhiteSpace(Here))
                _at++;
            else if (Here == '-' && After == '-')
                SkipLine();
            else if (Here == '/' && After == '*')
                SkipComment();
            else
                return;
        }
    }

    private void SkipLine()
    {
        var length = _sql[_at..].IndexOfAny('\n', '\r');
        _at = length < 0 ? _sql.Length : _at + length + 1;
    }

    private void SkipComment()
    {
        var depth = 0;
        while (_at < _sql.Length)
        {
            if (Here == '/' && After == '*')
            {
                depth++;
                _at += 2;
            }
            else if (Here == '*' && After == '/')
            {
                depth--;
                _at += 2;
                if (depth == 0)
                    return;
            }
            else
                _at++;
        }
    }

    private static bool IsWordStart(char character) => char.IsAsciiLetter(character) || character == '_' || (character > '\x7F' && char.IsLetter(character));

    private static bool IsWordPart(char character) => IsWordStart(character) || char.IsAsciiDigit(character) || character is '$' or '#' or '@';
}
