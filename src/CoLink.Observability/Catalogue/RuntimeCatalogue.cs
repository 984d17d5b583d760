namespace CoLink.Observability.Catalogue;

internal static class RuntimeCatalogue
{
    /// <summary>The runtime's own meter, and the source that stands for it in <c>colink_telemetry_source_active</c>.</summary>
    public const string MeterName = "System.Runtime";

    private const string Process = "the process, read at the scrape";
    private const string ControlGroup = "the process' control groups (v1 and v2) and the machine";
    private const string Meter = "the " + MeterName + " meter";

    public static readonly MetricDefinition CpuSeconds = new("process_cpu_seconds_total", MetricKind.Counter, "CPU time the process has used, user and system.") { FilledBy = Meter };

    public static readonly MetricDefinition CpuLimit = new("process_cpu_limit_cores", MetricKind.Gauge, "CPU cores the process may use: the smallest quota of its control groups, at most the cores it may be scheduled on.") { FilledBy = ControlGroup };

    public static readonly MetricDefinition ResidentMemory = new("process_resident_memory_bytes", MetricKind.Gauge, "Memory of the process that is in RAM.") { FilledBy = Meter };

    public static readonly MetricDefinition MemoryLimit = new("process_memory_limit_bytes", MetricKind.Gauge, "Memory the process may use: the smallest limit of its control groups, at most the machine's RAM.") { FilledBy = ControlGroup };

    public static readonly MetricDefinition StartTime = new("process_start_time_seconds", MetricKind.Gauge, "When the process started, in seconds since 1970-01-01 UTC.") { FilledBy = Process };

    public static readonly MetricDefinition OpenFileDescriptors = new("process_open_fds", MetricKind.Gauge, "File descriptors the process holds open, sockets included.") { FilledBy = Process + " (Linux)" };

    public static readonly MetricDefinition Threads = new("process_threads", MetricKind.Gauge, "Threads of the process, as the operating system counts them.") { FilledBy = Process + " (Linux)" };

    public static readonly MetricDefinition Collections = new(
        "dotnet_gc_collections_total", MetricKind.Counter, "Garbage collections, by the oldest generation collected: each counts once, so the sum over generations is all of them.",
        MetricLabel.OneOf("generation", "gen0", "gen1", "gen2"))
    { FilledBy = Meter };

    public static readonly MetricDefinition PauseSeconds = new("dotnet_gc_pause_seconds_total", MetricKind.Counter, "Time the process stood still for garbage collection.") { FilledBy = Meter };

    public static readonly MetricDefinition HeapBytes = new("dotnet_gc_heap_bytes", MetricKind.Gauge, "Size of the managed heap after the last collection, fragmentation included; before the first one, what is allocated.") { FilledBy = Meter };

    public static readonly MetricDefinition PoolThreads = new("dotnet_threadpool_threads", MetricKind.Gauge, "Threads of the thread pool.") { FilledBy = Meter };

    public static readonly MetricDefinition PoolQueue = new("dotnet_threadpool_queue_length", MetricKind.Gauge, "Work items waiting for a thread of the pool.") { FilledBy = Meter };

    public static readonly MetricDefinition PoolCompleted = new("dotnet_threadpool_completed_items_total", MetricKind.Counter, "Work items the thread pool has completed.") { FilledBy = Meter };

    public static readonly MetricDefinition Exceptions = new("dotnet_exceptions_total", MetricKind.Counter, "Exceptions thrown since the host started, handled ones included; each rethrow counts again, also by an await that passes it on.") { FilledBy = Meter };

    public static readonly MetricDefinition LockContentions = new("dotnet_lock_contentions_total", MetricKind.Counter, "Times a thread had to wait for a monitor lock.") { FilledBy = Meter };

    public static readonly MetricDefinition[] All =
    [
        CpuSeconds, CpuLimit, ResidentMemory, MemoryLimit, StartTime, OpenFileDescriptors, Threads,
        Collections, PauseSeconds, HeapBytes, PoolThreads, PoolQueue, PoolCompleted, Exceptions, LockContentions,
    ];
}
