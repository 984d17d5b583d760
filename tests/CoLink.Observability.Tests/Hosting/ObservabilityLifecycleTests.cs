using CoLink.Observability.Hosting;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Primitives;

namespace CoLink.Observability.Tests.Hosting;

public sealed class ObservabilityLifecycleTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Routes_that_are_still_being_read_do_not_hold_up_the_stop()
    {
        using var endpoints = new StuckEndpoints();
        var port = FreePort.Next();
        await using var app = await RunningApp.StartAsync(
            a => ((IEndpointRouteBuilder)a).DataSources.Add(endpoints), options: o => o.Metrics.Port = port);
        using var client = new HttpClient();
        try
        {
            await endpoints.Reading.WaitAsync(Bound);
            await client.GetStringAsync($"http://localhost:{port}/metrics");

            await app.Services.GetServices<IHostedService>().OfType<ObservabilityLifecycle>().Single()
                .StoppedAsync(new CancellationToken(canceled: true)).WaitAsync(Bound);

            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://localhost:{port}/metrics"));
        }
        finally
        {
            endpoints.Release();
        }
    }

    /// <summary>As where a program that runs its host and a test that holds it end it at the same time.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_host_that_is_disposed_of_may_be_stopped_once_more(bool hasPort)
    {
        int? port = hasPort ? FreePort.Next() : null;
        var app = await RunningApp.StartAsync(options: o => o.Metrics.Port = port);
        var lifecycle = app.Services.GetServices<IHostedService>().OfType<ObservabilityLifecycle>().Single();
        await app.DisposeAsync();

        await lifecycle.StoppedAsync(CancellationToken.None).WaitAsync(Bound);
    }

    private sealed class StuckEndpoints : EndpointDataSource, IDisposable
    {
        private readonly ManualResetEventSlim _released = new();
        private readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reading => _reading.Task;

        public override IReadOnlyList<Endpoint> Endpoints
        {
            get
            {
                _reading.TrySetResult();
                _released.Wait(Bound);
                return [];
            }
        }

        public override IChangeToken GetChangeToken() => NullChangeToken.Singleton;

        public void Release() => _released.Set();

        public void Dispose() => _released.Dispose();
    }
}
