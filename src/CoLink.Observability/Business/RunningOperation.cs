using System.Diagnostics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Registry.Meters;

namespace CoLink.Observability.Business;

/// <summary>
/// An operation while it runs. It is rented for that time: whoever comes later with the ticket of an ended one changes nothing. It
/// is called where the service works, so nothing may be thrown there.
/// </summary>
internal sealed class RunningOperation(OperationSeries series)
{
    private const string NotCompleted = "Disposed without Complete()";

    private readonly string[] _values = new string[series.LabelCount + 1];
    private Activity? _span;
    private OperationKeys? _keys;
    private IDisposable? _scope;
    private string? _why;
    private long _startedAt;
    private long _ticket;
    private bool _isComplete;
    private bool _isFailed;

    public Operation Begin(string name, bool isLinked = false)
    {
        Array.Fill(_values, OperationSeries.Unset);
        var signals = series.Signals;
        _keys = signals.OpenScope(name, out _scope);
        _span = isLinked ? signals.StartLinkedSpan(name) : signals.StartSpan(name);
        _startedAt = signals.Clock.Now;
        return new Operation(this, _ticket);
    }

    public void Set(long ticket, string key, object? value)
    {
        if (IsOver(ticket) || string.IsNullOrEmpty(key) || BusinessCatalogue.IsOperationKey(key))
            return;
        try
        {
            if (series.IndexOf(key) is >= 0 and var label)
                _values[label] = TagText.Of(value) ?? OperationSeries.Unset;
            if (_span is { IsAllDataRequested: true } span)
                span.SetTag(key, value);
            _keys?.Set(key, value);
        }
        catch (Exception exception)
        {
            series.Signals.Failed(exception);
        }
    }

    public void Complete(long ticket)
    {
        if (!IsOver(ticket))
            _isComplete = true;
    }

    public void Fail(long ticket, Exception? exception)
    {
        if (IsOver(ticket))
            return;
        _isFailed = true;
        if (exception is null || _span is null)
            return;
        try
        {
            _why = exception.Message;
            _span.SetTag("error.type", exception.GetType().FullName);
            _span.AddException(exception);
        }
        catch (Exception failure)
        {
            series.Signals.Failed(failure);
        }
    }

    public void End(long ticket)
    {
        if (Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket) != ticket)
            return;
        var isSuccess = _isComplete && !_isFailed;
        try
        {
            var seconds = series.Signals.Clock.SecondsSince(_startedAt);
            series.Record(isSuccess, seconds, _values, _span is { Recorded: true } ? _span : null);
        }
        catch (Exception exception)
        {
            series.Signals.Failed(exception);
        }

        if (_span is not null)
            series.Signals.EndSpan(_span, isSuccess ? null : _why ?? (_isFailed ? "" : NotCompleted));
        if (_scope is not null)
            series.Signals.CloseScope(_scope);
        _span = null;
        _keys = null;
        _scope = null;
        _why = null;
        _isComplete = _isFailed = false;
        series.GiveBack(this);
    }

    private bool IsOver(long ticket) => Volatile.Read(ref _ticket) != ticket;
}
