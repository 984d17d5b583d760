namespace CoLink.Observability.Logging.Loki.Spool;

/// <summary>A payload's place in its segment. It is small because a spool of many small payloads has a million of them in memory.</summary>
internal record struct SpoolRecord(long Offset, long OldestNanoseconds, int Entries, bool Attempted, RecordState State);

internal enum RecordState : byte
{
    Waiting,
    Taken,
    Done,
}
