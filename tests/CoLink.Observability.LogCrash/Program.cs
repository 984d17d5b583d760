using CoLink.Observability.LogCrash;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Logging.Loki.Spool;
using Microsoft.Extensions.Logging.Abstractions;

// What tests do in a process of its own: one that is killed or ends, that has another umask, or limits that a test must not have.
const long MaxBytes = 256 * 1024 * 1024;

var (mode, directory) = (args[0], args[1]);
if (mode == "serve")
    await Service.RunAsync(args[1..]);
if (mode == "starve")
    Starving.Run(new Uri(directory), TimeSpan.FromSeconds(int.Parse(args[2])));
if (mode == "ship")
    await Shipping.RunAsync(directory, new Uri(args[2]), args[3], args.ElementAtOrDefault(4));

var ledger = new LogLedger();
using var spool = LogSpool.Open(directory, MaxBytes, ledger, NullLogger.Instance);
if (spool is null)
{
    Console.WriteLine("refused");
    return 1;
}

Console.WriteLine("opened");
switch (mode)
{
    case "hold":
        Append(0);
        Console.WriteLine("appended");
        Console.In.ReadToEnd();
        break;
    case "churn":
        Churn(int.Parse(args[2]));
        break;
    case "fill":
        Fill();
        break;
    default:
        return 2;
}

return 0;

bool Append(int number)
{
    var header = NumberedPayload.Header(number);
    for (var i = 0; i < header.Entries; i++)
        ledger.Emitted();
    ledger.Took(header.Entries);
    return spool.TryAppend(NumberedPayload.Body(number), header);
}

// Until it is killed: what was said was on disk before.
void Churn(int number)
{
    for (; ; number++)
    {
        if (!Append(number) || !spool.Flush())
            throw new IOException($"{number} was not written.");
        Console.WriteLine($"+{number}");
        if (Random.Shared.Next(3) > 0 || !spool.TryTake(out var payload))
            continue;
        spool.Complete(payload);
        Console.WriteLine($"-{NumberedPayload.NumberOf(payload)}");
    }
}

// Beyond the process' limit of a file's size, which shows as a disk that is full in the middle of a record.
void Fill()
{
    var (written, refused) = (0, 0);
    for (var number = 0; number < 40; number++)
    {
        if (Append(number))
            written++;
        else
            refused++;
    }

    Console.WriteLine($"written {written} refused {refused} in flight {ledger.Read().InFlight} spooled {ledger.Read().Spooled}");
}
