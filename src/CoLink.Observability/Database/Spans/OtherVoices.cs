using System.Diagnostics;

namespace CoLink.Observability.Database.Spans;

/// <summary>
/// Who else in the process makes spans of the same commands: a driver by itself, an instrumentation that the app added, another host
/// with this library. A command has one span, so where one of them is listened to, ours are silent.
/// </summary>
internal sealed class OtherVoices : IDisposable
{
    /// <summary>A source is made once in a process; more of one name are somebody's mistake, and need not be remembered.</summary>
    private const int MaxSources = 16;

    private const string OfEntityFramework = "OpenTelemetry.Instrumentation.EntityFrameworkCore";

    private readonly ActivityListener _announcements;
    private readonly Lock _gate = new();
    private readonly ActivitySource _own;
    private volatile Voice[] _voices = [];
    private volatile ActivitySource[] _older = [];
    private bool _isOwnSeen;

    /// <param name="own">Of the host whose voice this is not.</param>
    public OtherVoices(ActivitySource own)
    {
        _own = own;

        // Every source is announced, those that exist already in the order in which they were made. None of them is listened to.
        _announcements = new ActivityListener { ShouldListenTo = Announced };
        ActivitySource.AddActivityListener(_announcements);
    }

    /// <summary>
    /// Whether a host that was there before hears the same process, and speaks. One that has ended has no listeners any more, and the
    /// next one takes its place.
    /// </summary>
    public bool OlderHostSpeaks => AnyIsHeard(_older);

    /// <summary>Whether the driver speaks for itself, or somebody else for it.</summary>
    /// <param name="connectionNamespace">The namespace of the driver's connection class.</param>
    /// <param name="isEntityFramework">Whether it was Entity Framework that told the command.</param>
    public bool SpeakFor(string connectionNamespace, bool isEntityFramework)
    {
        // A driver's command inside the span that an instrumentation of Entity Framework has made of it.
        if (Activity.Current?.Source.Name == OfEntityFramework)
            return true;
        foreach (var (name, source) in _voices)
        {
            if ((name == OfEntityFramework ? isEntityFramework : name == SourceOf(connectionNamespace)) && source.HasListeners())
                return true;
        }

        return false;
    }

    public void Dispose() => _announcements.Dispose();

    /// <summary>The sources of drivers that have spans of their own, and of instrumentations that make them for a driver.</summary>
    private static string? SourceOf(string connectionNamespace) => connectionNamespace switch
    {
        "Microsoft.Data.SqlClient" or "System.Data.SqlClient" => "OpenTelemetry.Instrumentation.SqlClient",
        "MySqlConnector" => "MySqlConnector",
        "MySql.Data.MySqlClient" => "connector-net",
        "Oracle.ManagedDataAccess.Client" => "Oracle.ManagedDataAccess.Core",
        _ => null,
    };

    private static bool AnyIsHeard(ActivitySource[] sources)
    {
        foreach (var source in sources)
        {
            if (source.HasListeners())
                return true;
        }

        return false;
    }

    private bool Announced(ActivitySource source)
    {
        switch (source.Name)
        {
            case DatabaseSpans.SourceName:
                Rank(source);
                break;
            case OfEntityFramework or "OpenTelemetry.Instrumentation.SqlClient" or "MySqlConnector" or "connector-net" or "Oracle.ManagedDataAccess.Core":
                Remember(source);
                break;
        }

        return false;
    }

    private void Rank(ActivitySource source)
    {
        lock (_gate)
        {
            _isOwnSeen |= ReferenceEquals(source, _own);
            if (!_isOwnSeen)
                _older = [.. _older, source];
        }
    }

    private void Remember(ActivitySource source)
    {
        lock (_gate)
        {
            if (_voices.Length < MaxSources)
                _voices = [.. _voices, new Voice(source.Name, source)];
        }
    }

    private sealed record Voice(string Name, ActivitySource Source);
}
