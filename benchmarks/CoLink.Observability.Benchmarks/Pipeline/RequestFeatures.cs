using System.Collections;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace CoLink.Observability.Benchmarks.Pipeline;

/// <summary>
/// The features of one request after the other, made as Kestrel makes them: one object is the server's features, routing's two
/// among them, a feature is found by comparing types, setting one raises the revision, and the host's context is kept. A
/// dictionary in their place costs every contender more and would flatter whoever touches features least.
/// </summary>
internal sealed class RequestFeatures<TContext> :
    IFeatureCollection, IHostContextContainer<TContext>, IHttpRequestFeature, IHttpResponseFeature, IEndpointFeature, IRouteValuesFeature
    where TContext : notnull
{
    public const int ExpectedStatus = StatusCodes.Status204NoContent;
    private const int Slots = 32;

    private static readonly Type[] Known =
    [
        typeof(IHttpRequestFeature), typeof(IHttpResponseFeature), typeof(IHttpResponseBodyFeature), typeof(IRouteValuesFeature), typeof(IEndpointFeature),
        typeof(IHttpRequestLifetimeFeature), typeof(IHttpRequestIdentifierFeature), typeof(IHttpConnectionFeature),
    ];

    private readonly Type[] _types = new Type[Slots];
    private readonly object?[] _features = new object?[Slots];
    private readonly object[] _own;
    private int _count;

    public RequestFeatures()
    {
        Known.CopyTo(_types, 0);
        _own =
        [
            this, this, new StreamResponseBodyFeature(Stream.Null), this, this,
            new HttpRequestLifetimeFeature(), new HttpRequestIdentifierFeature { TraceIdentifier = "0HN0000000000:00000001" }, new HttpConnectionFeature(),
        ];
    }

    public TContext? HostContext { get; set; }

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public object? this[Type key]
    {
        get
        {
            for (var i = 0; i < _count; i++)
            {
                if (ReferenceEquals(_types[i], key))
                    return _features[i];
            }

            return null;
        }

        set
        {
            Revision++;
            for (var i = 0; i < _count; i++)
            {
                if (!ReferenceEquals(_types[i], key))
                    continue;
                _features[i] = value;
                return;
            }

            _types[_count] = key;
            _features[_count++] = value;
        }
    }

    public string Protocol { get; set; } = HttpProtocol.Http11;

    public string Scheme { get; set; } = "http";

    public string Method { get; set; } = HttpMethods.Get;

    public string PathBase { get; set; } = "";

    public string Path { get; set; } = "/";

    public string QueryString { get; set; } = "";

    public string RawTarget { get; set; } = "/";

    public int StatusCode { get; set; }

    public string? ReasonPhrase { get; set; }

    public bool HasStarted => false;

    public Endpoint? Endpoint { get; set; }

    public RouteValueDictionary RouteValues { get; set; } = [];

    /// <summary>Kestrel answers for a header it knows by testing a bit. An empty dictionary comes closest; a filled one hashes the name.</summary>
    IHeaderDictionary IHttpRequestFeature.Headers { get; set; } = new HeaderDictionary();

    IHeaderDictionary IHttpResponseFeature.Headers { get; set; } = new HeaderDictionary();

    Stream IHttpRequestFeature.Body { get; set; } = Stream.Null;

    Stream IHttpResponseFeature.Body { get; set; } = Stream.Null;

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public void Reset(string path)
    {
        Revision++;
        _own.CopyTo(_features, 0);
        Array.Clear(_features, _own.Length, _count - Math.Min(_count, _own.Length));
        _count = _own.Length;
        Path = RawTarget = path;
        StatusCode = StatusCodes.Status200OK;
        Endpoint = null;
        RouteValues.Clear();
    }

    public void OnStarting(Func<object, Task> callback, object state)
    {
    }

    public void OnCompleted(Func<object, Task> callback, object state)
    {
    }

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() =>
        Enumerable.Range(0, _count).Where(i => _features[i] is not null).Select(i => KeyValuePair.Create(_types[i], _features[i]!)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
