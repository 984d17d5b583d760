using System.Buffers;
using Serilog.Events;

namespace CoLink.Observability.Logging;

/// <summary>Writes an event as one line of UTF-8, without the line's end.</summary>
internal delegate void LineWriter(LogEvent logEvent, IBufferWriter<byte> output);
