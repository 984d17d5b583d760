using System.Diagnostics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Business;

/// <summary>
/// What an operation opens beside its metrics: a span and a log scope. Who listens to them is the app's, and may throw: that is
/// counted, and the operation goes on.
/// </summary>
internal sealed class OperationSignals(MetricRegistry registry, ILogger logger, TimeProvider time) : IDisposable
{
    /// <summary>One a host, so that a listener hears of a host's end.</summary>
    private readonly ActivitySource _source = new("CoLink.Observability");

    public Clock Clock { get; } = new(time);

    public void Failed(Exception exception) => registry.Failed(Observers.Business, exception);

    /// <summary>The keys that log lines carry from now on; null where no provider takes a line.</summary>
    public OperationKeys? OpenScope(string name, out IDisposable? scope)
    {
        scope = null;
        try
        {
            if (!logger.IsEnabled(LogLevel.Critical))
                return null;
            var keys = new OperationKeys(name);
            scope = logger.BeginScope(keys);
            return keys;
        }
        catch (Exception exception)
        {
            Failed(exception);
            return null;
        }
    }

    public void CloseScope(IDisposable scope)
    {
        try
        {
            scope.Dispose();
        }
        catch (Exception exception)
        {
            Failed(exception);
        }
    }

    /// <summary>The span, current from now on; null where nobody listens.</summary>
    public Activity? StartSpan(string name)
    {
        if (!_source.HasListeners())
            return null;
        var parent = Activity.Current;
        try
        {
            return _source.StartActivity(name ?? "");
        }
        catch (Exception exception)
        {
            // A listener that throws as the span starts leaves it current, and nobody would ever end it.
            Activity.Current = parent;
            Failed(exception);
            return null;
        }
    }

    /// <summary>
    /// The same in a trace of its own. It is for the flow of an async method, whose return restores what was current: a span that has
    /// ended, as that of a handshake, cannot be made current again.
    /// </summary>
    public Activity? StartLinkedSpan(string name)
    {
        if (!_source.HasListeners())
            return null;
        var linked = Activity.Current;
        var span = default(Activity);
        try
        {
            // No context at all would be taken for the current one's.
            Activity.Current = null;
            return span = _source.StartActivity(name ?? "", ActivityKind.Internal, default(ActivityContext), links: linked is null ? null : [new ActivityLink(linked.Context)]);
        }
        catch (Exception exception)
        {
            Failed(exception);
            return null;
        }
        finally
        {
            if (span is null)
                Activity.Current = linked is { IsStopped: true } ? null : linked;
        }
    }

    /// <param name="span">What ends.</param>
    /// <param name="failure">Null for a success, else why it is none, as far as it is known.</param>
    public void EndSpan(Activity span, string? failure)
    {
        try
        {
            span.SetTag(BusinessCatalogue.Outcome.Name, BusinessCatalogue.Outcome.Values[failure is null ? 0 : 1]);
            if (failure is not null)
                span.SetStatus(ActivityStatusCode.Error, failure.Length == 0 ? null : failure);
        }
        catch (Exception exception)
        {
            Failed(exception);
        }

        try
        {
            span.Dispose();
        }
        catch (Exception exception)
        {
            // A listener that throws as the span ends leaves it current.
            if (Activity.Current == span)
                Activity.Current = span.Parent;
            Failed(exception);
        }
    }

    public void Dispose() => _source.Dispose();
}
