using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Rendering;

public sealed class CheckTests
{
    [Fact]
    public void The_committed_directory_is_as_rendered()
    {
        if (Environment.GetEnvironmentVariable("COLINK_UPDATE_GOLDEN") == "1")
            RenderedDirectory.Write(Committed.Folder, Committed.Files);
        Assert.Empty(RenderedDirectory.Compare(Committed.Folder, Committed.Files));
    }
}
