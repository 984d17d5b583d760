using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using CoLink.Observability.Tests.Support;
using Confluent.Kafka;

namespace CoLink.Observability.Kafka.Tests;

/// <summary>The client library's own mock of a broker, in this process: it lives in a producer, and its address is found in that one's statistics.</summary>
internal sealed class MockCluster : IDisposable
{
    private const int Broker = 1;

    private readonly IProducer<Null, Null> _owner;

    private MockCluster(IProducer<Null, Null> owner) => _owner = owner;

    public string Address { get; private set; } = "";

    public static async Task<MockCluster> StartAsync()
    {
        string? address = null;
        var config = new ProducerConfig { BootstrapServers = "ignored", StatisticsIntervalMs = 20 };
        config.Set("test.mock.num.brokers", "1");
        var owner = new ProducerBuilder<Null, Null>(config)
            .SetStatisticsHandler((_, json) => Volatile.Write(ref address, AddressIn(json) ?? Volatile.Read(ref address)))
            .SetLogHandler((_, _) => { })
            .Build();
        var cluster = new MockCluster(owner);
        await Eventually.IsTrue(() => Volatile.Read(ref address) is not null);
        cluster.Address = address!;
        cluster.Call("rd_kafka_mock_group_initial_rebalance_delay_ms", 0);
        return cluster;
    }

    /// <summary>The broker closes its connections and takes no new ones.</summary>
    public void Stop() => Call("rd_kafka_mock_broker_set_down", Broker);

    public void Start() => Call("rd_kafka_mock_broker_set_up", Broker);

    public ProducerConfig Producer() => new() { BootstrapServers = Address, LingerMs = 1 };

    public ConsumerConfig Consumer(string group) => new()
    {
        BootstrapServers = Address,
        GroupId = group,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        EnableAutoCommit = false,
        StatisticsIntervalMs = 50,

        // In the mock a group that changes is assigned anew only after about as long: more would exceed the bounds of the waits.
        SessionTimeoutMs = 6000,
        HeartbeatIntervalMs = 100,
    };

    public void Dispose() => _owner.Dispose();

    private static string? AddressIn(string json)
    {
        using var statistics = JsonDocument.Parse(json);
        return statistics.RootElement.GetProperty("brokers").EnumerateObject()
            .Where(broker => broker.Value.GetProperty("nodeid").GetInt32() == Broker)
            .Select(broker => broker.Name.Split('/')[0]).FirstOrDefault();
    }

    /// <summary>The mock is steered by functions of the native library that the .NET client has no methods for.</summary>
    private void Call(string function, int argument)
    {
        var library = NativeLibrary.Load(File.ReadLines("/proc/self/maps").First(line => line.Contains("librdkafka", StringComparison.Ordinal)).Split(' ')[^1]);
        var handle = (SafeHandle)typeof(Handle).GetProperty("LibrdkafkaHandle", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(_owner.Handle)!;
        var find = Marshal.GetDelegateForFunctionPointer<FindCluster>(NativeLibrary.GetExport(library, "rd_kafka_handle_mock_cluster"));
        var steer = Marshal.GetDelegateForFunctionPointer<Steer>(NativeLibrary.GetExport(library, function));
        steer(find(handle.DangerousGetHandle()), argument);
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate IntPtr FindCluster(IntPtr client);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void Steer(IntPtr cluster, int argument);
}
