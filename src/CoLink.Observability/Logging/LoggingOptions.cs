using CoLink.Observability.Hosting.Validation;
using CoLink.Observability.Logging.Loki;

namespace CoLink.Observability.Logging;

/// <summary>The logs: what stands on standard output, what is pushed to Loki, what is never shown.</summary>
public sealed class LoggingOptions
{
    internal LoggingOptions()
    {
    }

    internal static readonly string[] DefaultRedactedProperties =
    [
        "authorization", "cookie", "password", "passwd", "pwd", "passphrase", "secret", "token", "apikey", "accesskey", "privatekey",
        "credential", "credentials", "connectionstring",
    ];

    internal static readonly string[] DefaultRedactedPatterns =
    [
        @"(?i)\b(password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key)\s*[=:]\s*(""[^""]*""|'[^']*'|[^\s;,&""']+)",
        @"(?i)\bbearer\s+[a-z0-9._~+/=-]+",
    ];

    /// <summary>Whether log lines are written and pushed. <c>Logging:LogLevel</c> decides as ever which events there are. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Whether each request has one line at its end: template, path without query, status, duration. Paths of <c>ExcludedPaths</c> have none. Default: true.</summary>
    public bool RequestLogging { get; set; } = true;

    /// <summary>What stands on standard output: <c>Json</c>, <c>Text</c> or <c>None</c>. It replaces the console provider that is there at the call. Default: <c>Json</c>, in Development <c>Text</c>, and <c>None</c> beside an app's own Serilog, which has a console of its own.</summary>
    public ConsoleFormat? Console { get; set; }

    /// <summary>
    /// Names whose values are shown as <c>[redacted]</c>, in logs and spans: properties, at any depth, headers, route parameters. A
    /// name is matched by its words, and with an s behind it, so <c>token</c> is also <c>AccessToken</c>, <c>x-csrf-token</c> and <c>Tokens</c>, not <c>Tokenizer</c>. Default:
    /// authorization, cookie, password, passwd, pwd, passphrase, secret, token, apikey, accesskey, privatekey, credential, credentials, connectionstring.
    /// </summary>
    [PropertyNames]
    public IList<string>? RedactedProperties { get; set; }

    /// <summary>
    /// Regular expressions; what they match in the text of an exception is shown as <c>[redacted]</c>. A single text is one expression,
    /// commas and all; several are items of a list. Default: <c>password=…</c> and its like in connection strings and addresses, and bearer tokens.
    /// </summary>
    [TextPatterns]
    public IList<string>? RedactedPatterns { get; set; }

    /// <summary>The push to Loki.</summary>
    public LokiOptions Loki { get; } = new();
}
