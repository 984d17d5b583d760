using System.Diagnostics;
using CoLink.Observability.Tests.Support;
using Confluent.Kafka;

namespace CoLink.Observability.Kafka.Tests;

/// <summary>What tests do with clients, each with a bound.</summary>
internal static class Clients
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Consumes exactly so many messages, then stands still: paused, so that further calls only serve the statistics. Not before
    /// each partition was fetched once: a client that never fetched does not know where a partition ends.
    /// </summary>
    public static List<ConsumeResult<string, string>> Take(this IConsumer<string, string> consumer, int count)
    {
        var taken = new List<ConsumeResult<string, string>>(count);
        var started = Stopwatch.GetTimestamp();
        consumer.Resume(consumer.Assignment);
        while (taken.Count < count || consumer.Assignment.Exists(partition => consumer.GetWatermarkOffsets(partition).High < 0))
        {
            if (Stopwatch.GetElapsedTime(started) > Bound)
                throw new TimeoutException($"{taken.Count} of {count} messages within {Bound}.");
            if (taken.Count == count)
                Thread.Yield();
            else if (consumer.Consume(100) is { } result)
                taken.Add(result);
        }

        consumer.Pause(consumer.Assignment);
        return taken;
    }

    /// <summary>Serves the consumers' callbacks between scrapes until the scrape satisfies; messages that come are let go.</summary>
    public static async Task<Scrape> ScrapeUntilAsync(this RunningApp app, Func<Scrape, bool> satisfied, params IConsumer<string, string>[] consumers)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            foreach (var consumer in consumers)
                consumer.Consume(20);
            var scrape = await app.ScrapeAsync();
            if (satisfied(scrape))
                return scrape;
            if (Stopwatch.GetElapsedTime(started) > Bound)
                throw new TimeoutException($"Not satisfied within {Bound}:\n{scrape.Text}");
        }
    }

    /// <summary>Produces so many messages, in turn in each of the three ways.</summary>
    public static async Task ProduceAsync(this IProducer<string, string> producer, string topic, int count)
    {
        var acknowledged = new List<Task>();
        for (var i = 0; i < count; i++)
        {
            var message = new Message<string, string> { Key = $"key {i}", Value = $"value {i}" };
            switch (i % 3)
            {
                case 0:
                    acknowledged.Add(producer.ProduceAsync(topic, message));
                    break;
                case 1:
                    producer.Produce(topic, message);
                    break;
                default:
                    var reported = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    acknowledged.Add(reported.Task);
                    producer.Produce(topic, message, _ => reported.SetResult());
                    break;
            }
        }

        producer.Flush(Bound);
        await Task.WhenAll(acknowledged).WaitAsync(Bound);
    }
}
