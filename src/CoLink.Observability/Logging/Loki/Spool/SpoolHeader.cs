namespace CoLink.Observability.Logging.Loki.Spool;

/// <summary>What the spool knows of a payload without reading it.</summary>
/// <param name="Entries">How many log events it holds.</param>
/// <param name="OldestNanoseconds">The time of the oldest of them, since 1970.</param>
/// <param name="NewestNanoseconds">The time of the newest of them, since 1970.</param>
/// <param name="Attempted">Whether it was sent under its own stream, so that Loki may have it already.</param>
internal readonly record struct SpoolHeader(int Entries, long OldestNanoseconds, long NewestNanoseconds, bool Attempted);
