using System.Text;
using Microsoft.AspNetCore.Routing.Patterns;

namespace CoLink.Observability.Http;

/// <summary>The text of a route, with a leading slash, and with controller, action, area and page named where the pattern leaves them open.</summary>
internal static class RouteTemplate
{
    public static string Of(RoutePattern pattern)
    {
        var template = pattern.RawText ?? Written(pattern);
        foreach (var (name, required) in pattern.RequiredValues)
        {
            if (required is string { Length: > 0 } value)
                template = Substitute(template, name, value);
        }

        return template.StartsWith('/') ? template : template.StartsWith("~/", StringComparison.Ordinal) ? template[1..] : $"/{template}";
    }

    /// <summary>Puts a value in the place of a parameter: conventional routes share one pattern, and only the action tells them apart.</summary>
    private static string Substitute(string template, string name, string value)
    {
        for (var open = 0; open < template.Length; open++)
        {
            if (template[open] != '{')
                continue;
            if (open + 1 < template.Length && template[open + 1] == '{')
            {
                open++;
                continue;
            }

            var close = Close(template, open);
            var parameter = template.AsSpan(open + 1, close - open - 1).TrimStart('*');
            var end = parameter.IndexOfAny(':', '=', '?');
            if ((end < 0 ? parameter : parameter[..end]).Equals(name, StringComparison.OrdinalIgnoreCase))
                return string.Concat(template.AsSpan(0, open), value, template.AsSpan(close + 1));
            open = close;
        }

        return template;
    }

    /// <summary>The brace that ends a parameter; a doubled one belongs to a regular expression in it.</summary>
    private static int Close(string template, int open)
    {
        for (var i = open + 1; i < template.Length; i++)
        {
            if (template[i] != '}')
                continue;
            if (i + 1 < template.Length && template[i + 1] == '}')
                i++;
            else
                return i;
        }

        return template.Length - 1;
    }

    /// <summary>A pattern that was built from parts has no text of its own.</summary>
    private static string Written(RoutePattern pattern)
    {
        var text = new StringBuilder();
        foreach (var segment in pattern.PathSegments)
        {
            text.Append('/');
            foreach (var part in segment.Parts)
            {
                text.Append(part switch
                {
                    RoutePatternLiteralPart literal => literal.Content,
                    RoutePatternSeparatorPart separator => separator.Content,
                    RoutePatternParameterPart parameter => $"{{{(parameter.IsCatchAll ? "*" : "")}{parameter.Name}{(parameter.IsOptional ? "?" : "")}}}",
                    _ => "",
                });
            }
        }

        return text.ToString();
    }
}
