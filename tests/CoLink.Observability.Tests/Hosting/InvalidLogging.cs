namespace CoLink.Observability.Tests.Hosting;

/// <summary>The rows of <see cref="InvalidOptionsTests"/> about the logs.</summary>
internal static class InvalidLogging
{
    private const string Boolean = "true or false";
    private const string Console = "one of Json, Text, None";
    private const string Names = "a list of names of properties, headers or route parameters";
    private const string Patterns = "a list of regular expressions without look-around";
    private const string Url = "an address that starts with http:// or https://";
    private const string Labels = "a text of 1 to 256 characters or the name of a property in braces";
    private const string Queue = "a number from 100 to 10000000";
    private const string Batch = "a number from 1 to 100000";
    private const string Bytes = "a number of bytes from 524288 to 3145728 (3 MiB)";
    private const string Period = "a time from 00:00:00.01 to 00:01:00";
    private const string Time = "a time from 00:00:00.1 to 00:05:00";
    private const string Spool = "a number of bytes from 8388608 (8 MiB) to 1099511627776 (1 TiB)";
    private const string Token = "printable ASCII characters without spaces";
    private const string User = "a user name without ':'";
    private const string Password = "characters of which none is a control character";
    private const string Tenant = "1 to 150 letters, digits";
    private const string Secret = "a secret (not shown)";

    /// <summary>Key, value, how the message shows the value (null: as given), what is allowed.</summary>
    public static (string Key, string Value, string? Shown, string Allowed)[] Rows { get; } =
    [
        ("Logging:Enabled", "on", null, Boolean),
        ("Logging:RequestLogging", "1", null, Boolean),
        ("Logging:Console", "Xml", null, Console),
        ("Logging:Console", "7", null, Console),
        ("Logging:Console", "Json,Text", null, Console),
        ("Logging:Console:Format", "Json", "an object", Console),
        ("Logging:RedactedProperties", "password,pass word", "'pass word'", Names),
        ("Logging:RedactedProperties:0", "*", null, Names),
        ("Logging:RedactedProperties:first", "password", null, Names),
        ("Logging:RedactedPatterns:0", "(", null, Patterns),
        ("Logging:RedactedPatterns:0", "(?=secret)", null, Patterns),
        ("Logging:RedactedPatterns:0", @"(a)\1", null, Patterns),
        ("Logging:RedactedPatterns:0", "a*", null, Patterns),
        ("Logging:RedactedPatterns:0", "", "''", Patterns),
        ("Logging:Loki:Url", "loki:3100", null, Url),
        ("Logging:Loki:Url", "/loki/api/v1/push", null, Url),
        ("Logging:Loki:Url", "ftp://loki", null, Url),
        ("Logging:Loki:Url", "http://loki:3100?tenant=a", null, Url),
        ("Logging:Loki:Url", "http://colink:secret@loki:3100", "'http://(not shown)@loki:3100'", Url),
        ("Logging:Loki:Tenant", "a tenant", null, Tenant),
        ("Logging:Loki:Tenant", new string('t', 151), null, Tenant),
        ("Logging:Loki:BearerToken", "", "''", Token),
        ("Logging:Loki:BearerToken", "sp aces in it", Secret, Token),
        ("Logging:Loki:BearerToken", "ümlaut", Secret, Token),
        ("Logging:Loki:BasicUser", "", "''", User),
        ("Logging:Loki:BasicUser", "us:er", null, User),
        ("Logging:Loki:BasicUser", "colink", "is given", "Loki:BasicPassword is not: allowed are both or neither"),
        ("Logging:Loki:BasicPassword", "", "''", Password),
        ("Logging:Loki:BasicPassword", "a\nb", Secret, Password),
        ("Logging:Loki:BasicPassword", "secret", "is given", "Loki:BasicUser is not: allowed are both or neither"),
        ("Logging:Loki:CaFile", "", "''", "PEM"),
        ("Logging:Loki:CaFile", "/nowhere/ca.pem", null, "PEM"),
        ("Logging:Loki:Labels:trace_id", "{TraceId}", null, Labels),
        ("Logging:Loki:Labels:user_id", "seven", null, Labels),
        ("Logging:Loki:Labels:UserId", "seven", null, Labels),
        ("Logging:Loki:Labels:userid", "seven", null, Labels),
        ("Logging:Loki:Labels:request_path", "{Path}", null, Labels),
        ("Logging:Loki:Labels:module", "{UserId}", null, Labels),
        ("Logging:Loki:Labels:module", "{RequestPath}", null, Labels),
        ("Logging:Loki:Labels:kind", "{PasswordKind}", null, "no property of CoLink:Observability:Logging:RedactedProperties"),
        ("Logging:Loki:Labels:module", "", "''", Labels),
        ("Logging:Loki:Labels:module", "a\nb", null, Labels),
        ("Logging:Loki:Labels:module", new string('m', 257), null, Labels),
        ("Logging:Loki:Labels:app", "users", null, Labels),
        ("Logging:Loki:Labels:namespace", "colink", null, Labels),
        ("Logging:Loki:Labels:pod", "one", null, Labels),
        ("Logging:Loki:Labels:replay", "1", null, Labels),
        ("Logging:Loki:Labels:service_name", "users", null, Labels),
        ("Logging:Loki:Labels:__name__", "users", null, Labels),
        ("Logging:Loki:Labels:eu-west", "1", null, Labels),
        ("Logging:Loki:Labels:module:name", "users", "an object", Labels),
        ("Logging:Loki:Labels", "region=eu-west", null, Labels),
        ("Logging:Loki:QueueLimit", "99", null, Queue),
        ("Logging:Loki:QueueLimit", "10000001", null, Queue),
        ("Logging:Loki:QueueLimit", "many", null, Queue),
        ("Logging:Loki:BatchSize", "0", null, Batch),
        ("Logging:Loki:BatchSize", "100001", null, Batch),
        ("Logging:Loki:BatchBytes", "524287", null, Bytes),
        ("Logging:Loki:BatchBytes", "4194304", null, Bytes),
        ("Logging:Loki:BatchPeriod", "00:00:00", null, Period),
        ("Logging:Loki:BatchPeriod", "1", "'1.00:00:00'", Period),
        ("Logging:Loki:Timeout", "00:10:00", null, Time),
        ("Logging:Loki:Timeout", "10s", null, Time),
        ("Logging:Loki:ShutdownTimeout", "-00:00:05", null, Time),
        ("Logging:Loki:ShutdownTimeout", "00:00:00", null, Time),
        ("Logging:Loki:SpoolDirectory", "a\nb", null, "the path of a directory"),
        ("Logging:Loki:SpoolMaxBytes", "8388607", null, Spool),
        ("Logging:Loki:SpoolMaxBytes", "1099511627777", null, Spool),
        ("Logging:Loki:SpoolMaxBytes", "256 MiB", null, Spool),
        ("Logging:Loki:WriteAhead", "yes", null, Boolean),
        ("Logging:Loki:WriteAhead", "true", null, "Loki:SpoolDirectory is not set: allowed is true only where there is a directory"),
    ];
}
