using Serilog.Events;
using Serilog.Parsing;

namespace CoLink.Observability.Logging.Redaction;

/// <summary>
/// The names of one event's own properties. A scope with a message, and a state that brings its text along, are rendered before
/// anybody could look at what is in them: where anything of the event is hidden, they are as well, since it may stand in them.
/// </summary>
internal struct EventRedaction(Redactor redactor, LogEvent logEvent)
{
    private readonly string? _stateText =
        logEvent.MessageTemplate.Tokens is MessageTemplateToken[] and [PropertyToken { Format: "l" } only] ? only.PropertyName : null;

    private bool? _hides;

    public NameTreatment Of(string name, NameTreatment treatment)
    {
        if (treatment == NameTreatment.Scope || (treatment == NameTreatment.None && _stateText is not null && name == _stateText))
            return (_hides ??= redactor.HidesIn(logEvent)) ? NameTreatment.Scope : NameTreatment.None;
        return treatment;
    }
}
