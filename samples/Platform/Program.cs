using System.Runtime.InteropServices;
using CoLink.Observability.Monitoring.Platforms;
using CoLinkPlatform;

// A service of the platform: the sample, under another name and with the faults of this assembly.
if (args is [ServiceProcess.Verb, .. var arguments])
    return ServiceProcess.Serve(arguments);

if (args is ["--help" or "-h", ..] || args.Length > 1)
{
    Console.WriteLine("""
        Starts the services of monitoring/colink-monitoring.yml on their ports, each a process of its own, with a little traffic.

          dotnet run --project samples/Platform [monitoring/colink-monitoring.yml]

        POST /platform/faults?errors=0.06&delay=2s&path=/api/search&dropSockets=true to a service makes it ill; without a query it is well again.
        """);
    return args.Length > 1 ? 2 : 0;
}

using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    var platform = PlatformFile.Load(args.FirstOrDefault() ?? Path.Combine("monitoring", PlatformFile.Name));
    await using var running = await RunningPlatform.StartAsync(platform, service => service.Port);
    foreach (var service in running.Services)
        Console.WriteLine($"{service.Name,-20} {service.Address}metrics");
    await Traffic.RunAsync(running.Services, requestsPerSecond: 2, stop.Token);
    return 0;
}
catch (Exception failed) when (failed is PlatformException or InvalidOperationException or TimeoutException)
{
    await Console.Error.WriteLineAsync(failed.Message);
    return 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
