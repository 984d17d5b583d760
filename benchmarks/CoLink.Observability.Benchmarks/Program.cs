using BenchmarkDotNet.Running;
using CoLink.Observability.Benchmarks.Everything;
using CoLink.Observability.Benchmarks.Ratios;

if (args is ["ratios", ..])
    return QuickMode.Run(args[1..]);
if (args is [ContenderChild.Verb, ..])
    return ContenderChild.Run(args[1..]);
if (args is [EverythingChild.Verb, ..])
    return EverythingChild.Run(args[1..]);
if (args is [StartupChild.Verb, ..])
    return await StartupChild.RunAsync(args[1..]);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
