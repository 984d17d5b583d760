using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Business;

/// <summary>
/// The business family: what the platform's users do. Resolve it and call a verb. The family exists only in services that resolve
/// it, and then with every combination at 0, so that the first event is an increase.
/// </summary>
public sealed class BusinessMetrics
{
    private readonly CounterSeries[] _messages;
    private readonly CounterSeries[][] _uploads;
    private readonly CounterSeries[][] _searches;
    private readonly CounterSeries[] _registrations;

    internal BusinessMetrics(MetricRegistry registry)
    {
        _messages = Series(registry.Counter(BusinessCatalogue.MessagesSent));
        _uploads = SeriesByOutcome(registry.Counter(BusinessCatalogue.FileUploads));
        _searches = SeriesByOutcome(registry.Counter(BusinessCatalogue.SearchQueries));
        _registrations = Series(registry.Counter(BusinessCatalogue.UserRegistrations));
    }

    /// <summary>A message was sent.</summary>
    /// <param name="channel">Where.</param>
    public void MessageSent(ChannelType channel) => Find(_messages, (int)channel)?.Inc();

    /// <summary>A file was uploaded, or could not be.</summary>
    /// <param name="category">What it was.</param>
    /// <param name="outcome">How it ended.</param>
    public void FileUploaded(FileCategory category, Outcome outcome = Outcome.Success) => Find(Find(_uploads, (int)category), (int)outcome)?.Inc();

    /// <summary>A search was performed, or failed.</summary>
    /// <param name="scope">What was searched.</param>
    /// <param name="outcome">How it ended.</param>
    public void SearchPerformed(SearchScope scope, Outcome outcome = Outcome.Success) => Find(Find(_searches, (int)scope), (int)outcome)?.Inc();

    /// <summary>A user was registered.</summary>
    /// <param name="method">How they came.</param>
    public void UserRegistered(RegistrationMethod method) => Find(_registrations, (int)method)?.Inc();

    /// <summary>The catalogue's values stand in the order of the enum's members.</summary>
    private static CounterSeries[] Series(CounterFamily family) => [.. family.Definition.Labels[0].Values.Select(value => family.With(value))];

    private static CounterSeries[][] SeriesByOutcome(CounterFamily family) =>
        [.. family.Definition.Labels[0].Values.Select(value => family.Definition.Labels[1].Values.Select(outcome => family.With(value, outcome)).ToArray())];

    /// <summary>A number cast to the enum that is none of its members counts nothing rather than throwing into the host.</summary>
    private static T? Find<T>(T[]? series, int index)
        where T : class => series is not null && (uint)index < (uint)series.Length ? series[index] : null;
}
