using System.Globalization;
using CoLink.Observability.Tracing;
using CoLink.Observability.Tracing.Export;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tests.Tracing.Export;

public sealed class QueueSizesTests
{
    [Theory]
    [InlineData(null, null, 4096, 1024)]
    [InlineData("2048", "512", 2048, 512)]
    [InlineData("100", null, 100, 1024)]
    [InlineData("3000", "700", 3000, 700)]
    public void The_queue_is_twice_as_large_as_OpenTelemetrys_where_nobody_says_otherwise(string? queue, string? batch, int expectedQueue, int expectedBatch)
    {
        var variables = new Variables(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["OTEL_BSP_MAX_QUEUE_SIZE"] = queue, ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE"] = batch }).Build());
        var given = new BatchExportActivityProcessorOptions { MaxQueueSize = int.Parse(queue ?? "2048", CultureInfo.InvariantCulture), MaxExportBatchSize = int.Parse(batch ?? "512", CultureInfo.InvariantCulture) };

        Assert.Equal(new QueueSizes(expectedQueue, expectedBatch), QueueSizes.Of(given, variables));
    }
}
