using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace CoLink.Observability.Logging.Loki;

/// <summary>
/// Pushes a body and says what the answer means. Never throws but where the caller gives up. It blocks: who pushes has a thread of
/// its own, and an answer that is awaited would come by the pool, which may be starved. What still needs the pool is a new connection,
/// one that is encrypted, and the end of <see cref="LokiOptions.Timeout"/>.
/// </summary>
internal sealed class LokiClient : IDisposable
{
    private const string TenantHeader = "X-Scope-OrgID";
    private const string Timeout = "timeout";
    private const string Network = "network";

    /// <summary>Enough for the count, which stands at the end of up to ten complaints.</summary>
    private const int MostText = 4096;

    /// <summary>How much of it is shown.</summary>
    private const int MostShown = 200;

    private readonly Uri _address;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly string? _tenant;
    private readonly AuthenticationHeaderValue? _credentials;
    private readonly HttpMessageInvoker _invoker;

    public LokiClient(Uri address, LokiOptions options, TimeProvider time)
    {
        (_address, _time, _timeout, _tenant, _credentials) = (address, time, options.Timeout, options.Tenant, LokiConnection.Credentials(options));
        _invoker = new HttpMessageInvoker(LokiConnection.Open(address, options));
    }

    /// <summary>Told of each push: its result as the metrics have it, how long it took, and why it failed where it did.</summary>
    public Action<string, TimeSpan, PushFailure?>? Pushed { get; set; }

    /// <param name="body">As <see cref="PushBody"/> makes it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public PushAnswer Push(ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        var started = _time.GetTimestamp();
        var (result, failure) = (Network, default(PushFailure?));
        try
        {
            using var request = Request(body);
            using var response = _invoker.Send(request, either.Token);
            var status = (int)response.StatusCode;
            result = string.Create(CultureInfo.InvariantCulture, $"{status / 100}xx");
            var answer = Read(response, either.Token);
            failure = answer.Failure;
            return answer;
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (Exception exception)
        {
            if (late.IsCancellationRequested)
                result = Timeout;
            var answer = Failed(exception, late.IsCancellationRequested);
            failure = answer.Failure;
            return answer;
        }
        finally
        {
            Tell(result, _time.GetElapsedTime(started), failure);
        }
    }

    public void Dispose() => _invoker.Dispose();

    /// <summary>A push that was stored must not count as failed because nobody could count it.</summary>
    private void Tell(string result, TimeSpan elapsed, PushFailure? failure)
    {
        try
        {
            Pushed?.Invoke(result, elapsed, failure);
        }
        catch (Exception)
        {
            // The registry is the app's host's, and may be gone; what became of the events is in the ledger.
        }
    }

    private HttpRequestMessage Request(ReadOnlyMemory<byte> body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(PushBody.ContentType);
        request.Content.Headers.ContentEncoding.Add(PushBody.ContentEncoding);
        request.Headers.Authorization = _credentials;
        if (_tenant is not null)
            request.Headers.TryAddWithoutValidation(TenantHeader, _tenant);
        return request;
    }

    private PushAnswer Read(HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var text = status == 204 ? "" : Text(response, cancellation);
        var answer = status switch
        {
            >= 200 and <= 299 => new PushAnswer(PushVerdict.Taken, status, ""),
            400 or 422 => new PushAnswer(PushVerdict.Refused, status, text),
            413 => new PushAnswer(PushVerdict.TooLarge, status, text),
            408 or 429 or >= 500 => new PushAnswer(PushVerdict.Later, status, Shown(status, text)) { RetryAfter = RetryAfter(response), MayBeStored = status >= 500 },
            _ => new PushAnswer(PushVerdict.Misconfigured, status, Shown(status, text)) { RetryAfter = RetryAfter(response), Advice = PushAdvice.For(status) },
        };
        return answer.Verdict is PushVerdict.Taken or PushVerdict.Refused ? answer : answer with { Failure = FailureOf(status) };
    }

    /// <summary>The status says the most: where the rest breaks off or takes too long, it stands alone.</summary>
    private static string Text(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            // Reading knows no cancellation.
            using var abort = cancellation.UnsafeRegister(static response => Abort((HttpResponseMessage)response!), response);
            using var content = response.Content.ReadAsStream(cancellation);
            var bytes = new byte[MostText];
            var read = content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);

            // Broken off in the middle it may look complete, and its count, which stands at the end, would be missed.
            if (cancellation.IsCancellationRequested)
                return "";
            return string.Concat(Encoding.UTF8.GetString(bytes, 0, read).Select(one => char.IsControl(one) ? ' ' : one)).Trim();
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException || cancellation.IsCancellationRequested)
        {
            return "";
        }
    }

    /// <summary>On the thread of a timer, where an exception would end the process: reading may end at the same moment.</summary>
    private static void Abort(HttpResponseMessage response)
    {
        try
        {
            response.Dispose();
        }
        catch (Exception)
        {
            // It is over either way.
        }
    }

    private static PushFailure FailureOf(int status) => status switch
    {
        401 or 403 or 407 => PushFailure.Unauthorized,
        408 or 504 => PushFailure.Timeout,
        413 => PushFailure.TooLarge,
        _ => PushFailure.Refused,
    };

    private PushAnswer Failed(Exception exception, bool isLate)
    {
        if (isLate)
            return new PushAnswer(PushVerdict.Later, 0, $"no answer within {_timeout}") { MayBeStored = true, Failure = PushFailure.Timeout };
        if (exception is HttpRequestException connection && LokiConnection.IsDistrust(connection))
            return new PushAnswer(PushVerdict.Misconfigured, 0, Short(connection.InnerException!.Message)) { Advice = PushAdvice.ForCertificate, Failure = PushFailure.Tls };
        return new PushAnswer(PushVerdict.Later, 0, Short(exception.Message))
        {
            MayBeStored = exception is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError },
            Failure = exception switch
            {
                HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => PushFailure.Tls,
                HttpRequestException or IOException => PushFailure.Unreachable,
                _ => PushFailure.Other,
            },
        };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _time.GetUtcNow(),
        _ => null,
    };

    private static string Shown(int status, string text) => text.Length == 0 ? $"status {status}" : $"status {status}: {Short(text)}";

    public static string Short(string text) => text.Length <= MostShown ? text : text[..MostShown] + "…";
}
