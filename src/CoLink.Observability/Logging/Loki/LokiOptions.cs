using System.ComponentModel.DataAnnotations;
using CoLink.Observability.Hosting.Validation;

namespace CoLink.Observability.Logging.Loki;

/// <summary>The push of log lines to Loki. Without <see cref="Url"/> nothing is pushed.</summary>
public sealed class LokiOptions
{
    internal LokiOptions()
    {
    }

    internal const int DefaultQueueLimit = 50_000;
    internal const int DefaultBatchSize = 1000;
    internal const int DefaultBatchBytes = 1024 * 1024;
    internal const long DefaultSpoolMaxBytes = 256L * 1024 * 1024;

    /// <summary>Loki's address, such as <c>http://loki:3100</c>; <c>/loki/api/v1/push</c> is added where it has no path. Default: none, nothing is pushed.</summary>
    [LokiUrl]
    public string? Url { get; set; }

    /// <summary>The tenant, sent as <c>X-Scope-OrgID</c>. Default: none.</summary>
    [RegularExpression(@"^[A-Za-z0-9!\-_.*'()|]{1,150}$", ErrorMessage = "1 to 150 letters, digits and characters of ! - _ . * ' ( ) |")]
    public string? Tenant { get; set; }

    /// <summary>Sent as <c>Authorization: Bearer</c>. Default: none. Not together with <see cref="BasicUser"/>.</summary>
    [Guard, Secret, RegularExpression(@"^[\x21-\x7E]+$", ErrorMessage = "printable ASCII characters without spaces")]
    public string? BearerToken { get; set; }

    /// <summary>Sent with <see cref="BasicPassword"/> as <c>Authorization: Basic</c>. Default: none.</summary>
    [Guard, RegularExpression("^[^:\\p{C}]+$", ErrorMessage = "a user name without ':' and control characters, given together with BasicPassword")]
    public string? BasicUser { get; set; }

    /// <summary>The password of <see cref="BasicUser"/>. Default: none.</summary>
    [Guard, Secret, RegularExpression("^[^\\p{C}]+$", ErrorMessage = "characters of which none is a control character, given together with BasicUser")]
    public string? BasicPassword { get; set; }

    /// <summary>A PEM file with the certificates of the authorities that Loki's certificate may come from, instead of the machine's. Default: none, the machine's.</summary>
    [Guard, CertificateFile]
    public string? CaFile { get; set; }

    /// <summary>
    /// Further stream labels, by name: a text, such as <c>region: eu-west</c>, or a property of the event in braces, such as
    /// <c>module: {Module}</c>, whose values must be few: beyond 100 streams it reads <c>_other</c>. <c>app</c>, <c>namespace</c> and
    /// <c>pod</c> are there anyway. Ids, addresses,
    /// paths and properties of <c>RedactedProperties</c> are refused. Default: none.
    /// </summary>
    [StreamLabels]
    public IDictionary<string, string> Labels { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How many events may wait in memory; further ones are dropped and counted. An event takes about 1 kB. Default: 50000.</summary>
    [Range(100, 10_000_000, ErrorMessage = "a number from 100 to 10000000")]
    public int QueueLimit { get; set; } = DefaultQueueLimit;

    /// <summary>How many events a push has at most. Default: 1000.</summary>
    [Range(1, 100_000, ErrorMessage = "a number from 1 to 100000")]
    public int BatchSize { get; set; } = DefaultBatchSize;

    /// <summary>How many bytes of lines a push has at most, before compression. Loki refuses what is over about 4 MB for good. Default: 1048576, which is 1 MiB.</summary>
    [Range(512 * 1024, 3 * 1024 * 1024, ErrorMessage = "a number of bytes from 524288 to 3145728 (3 MiB)")]
    public int BatchBytes { get; set; } = DefaultBatchBytes;

    /// <summary>How long an event waits at most for others to fill its push. Default: <c>00:00:01</c>.</summary>
    [TimeRange("00:00:00.01", "00:01:00")]
    public TimeSpan BatchPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a push may take. Default: <c>00:00:10</c>.</summary>
    [TimeRange("00:00:00.1", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the end of the process may wait for what is held; the rest goes to the spool or is dropped and counted. Default: <c>00:00:05</c>.</summary>
    [TimeRange("00:00:00.1", "00:05:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A directory where what cannot be delivered waits, also for the next process. It must outlive the process, and one process
    /// writes at a time; where another has it, the events wait in memory. Default: none, they wait in memory only.
    /// </summary>
    [RegularExpression("^[^\\p{C}]+$", ErrorMessage = "the path of a directory")]
    public string? SpoolDirectory { get; set; }

    /// <summary>The spool's size; beyond it the oldest is dropped and counted. Default: 268435456, which is 256 MiB.</summary>
    [LargeRange(8_388_608, 1_099_511_627_776, ErrorMessage = "a number of bytes from 8388608 (8 MiB) to 1099511627776 (1 TiB)")]
    public long SpoolMaxBytes { get; set; } = DefaultSpoolMaxBytes;

    /// <summary>Whether each push is written to the spool before it is sent, so that a killed process loses only what waited in memory. It costs a write to disk a push. Default: false. Needs <see cref="SpoolDirectory"/>.</summary>
    public bool WriteAhead { get; set; }
}
