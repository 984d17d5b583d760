using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace CoLink.Observability.Hosting.Validation;

/// <summary>
/// What names the service: a text without control characters. Each of these is set at every start, where a scan costs nothing and
/// a regular expression its construction.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ServiceTextAttribute : ValidationAttribute
{
    public const string Allowed = "a text of 1 to 255 characters, none of them a control character";

    private const int Longest = 255;

    public ServiceTextAttribute() => ErrorMessage = Allowed;

    public override bool IsValid(object? value) => value is null || (value is string text && Allows(text));

    /// <summary>What Unicode calls other, <c>\p{C}</c>, is not for eyes: controls, formats, surrogates, what is private or not assigned.</summary>
    public static bool Allows(string text)
    {
        if (text.Length is 0 or > Longest)
            return false;
        foreach (var character in text)
        {
            if (char.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
                return false;
        }

        return true;
    }
}

/// <summary>The path of the scrapes.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ScrapePathAttribute : ValidationAttribute
{
    public ScrapePathAttribute() => ErrorMessage = "a path that starts with '/', such as /metrics, without query, '*' or a final '/'";

    public override bool IsValid(object? value)
    {
        if (value is not string { Length: > 1 } path || path[0] != '/' || path[^1] == '/')
            return false;
        foreach (var character in path)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('.' or '_' or '~' or '/' or '-'))
                return false;
        }

        return true;
    }
}
