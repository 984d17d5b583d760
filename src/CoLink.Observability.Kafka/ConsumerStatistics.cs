using System.Text.Json;

namespace CoLink.Observability.Kafka;

/// <summary>What a consumer's statistics say that we ask of them.</summary>
/// <param name="Topics">The topics of which it has partitions.</param>
/// <param name="Lag">The lag of those of them where it is known.</param>
/// <param name="Rebalances">Assignments and revocations since the consumer was built.</param>
internal sealed record ConsumerStatistics(IReadOnlyList<string> Topics, Dictionary<string, long> Lag, long Rebalances)
{
    /// <summary>The client's number for the beginning of a partition: where it starts in one that has no offset of the group's.</summary>
    private const long Beginning = -2;

    /// <summary>Reads the client's JSON. It grows with every partition of every topic, so it is read in pooled memory and no further than needed.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static ConsumerStatistics Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var topics = new List<string>();
        var lag = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var topic in Members(document.RootElement, "topics"))
        {
            var isAssigned = false;
            foreach (var partition in Members(topic.Value, "partitions"))
            {
                if (!IsAssigned(partition))
                    continue;
                isAssigned = true;

                if (Behind(partition.Value) is { } behind)
                    lag[topic.Name] = lag.GetValueOrDefault(topic.Name) + behind;
            }

            if (isAssigned)
                topics.Add(topic.Name);
        }

        var group = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("cgrp", out var found) ? found : default;
        return new ConsumerStatistics(topics, lag, Number(group, "rebalance_cnt") ?? 0);
    }

    /// <summary>
    /// From what is committed to the end of the partition. While nothing is committed the client says -1, and a partition that
    /// nobody has begun would be missing from the sum: then from what was consumed, or else from the beginning, where it started there.
    /// </summary>
    private static long? Behind(JsonElement partition)
    {
        if ((Known(partition, "consumer_lag") ?? Known(partition, "consumer_lag_stored")) is { } lag)
            return lag;
        return Number(partition, "query_offset") == Beginning
            && Known(partition, "lo_offset") is { } first
            && (Known(partition, "ls_offset") ?? Known(partition, "hi_offset")) is { } end
            ? Math.Max(0, end - first)
            : null;
    }

    /// <summary>Partition -1 is the client's own; one that was revoked stays in the statistics, with the lag it had then.</summary>
    private static bool IsAssigned(JsonProperty partition) =>
        !partition.NameEquals("-1")
        && partition.Value.ValueKind == JsonValueKind.Object
        && partition.Value.TryGetProperty("desired", out var desired)
        && desired.ValueKind == JsonValueKind.True;

    private static JsonElement.ObjectEnumerator Members(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Object
            ? member.EnumerateObject()
            : default;

    /// <summary>Negative numbers stand for what is not known.</summary>
    private static long? Known(JsonElement partition, string name) => Number(partition, name) is >= 0 and var number ? number : null;

    private static long? Number(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : null;
}
