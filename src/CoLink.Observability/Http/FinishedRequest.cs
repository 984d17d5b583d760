using Microsoft.AspNetCore.Http;

namespace CoLink.Observability.Http;

/// <summary>What is known of a request at its end.</summary>
/// <param name="Method">The method's label.</param>
/// <param name="Route">The route it was for, also where it is not to be measured.</param>
/// <param name="Endpoint">The endpoint first chosen; null where none was.</param>
/// <param name="Path">The path that the client asked for, without its query.</param>
/// <param name="Status">What was answered.</param>
/// <param name="Seconds">How long it took, the life of a stream or a connection included.</param>
/// <param name="IsUpgraded">Whether it became a connection.</param>
internal readonly record struct FinishedRequest(int Method, HttpRoute Route, Endpoint? Endpoint, string Path, int Status, double Seconds, bool IsUpgraded);

/// <summary>Is told of each request that is not excluded.</summary>
internal delegate void RequestFinished(in FinishedRequest request);
