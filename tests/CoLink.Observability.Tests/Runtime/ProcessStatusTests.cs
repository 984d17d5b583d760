using System.Diagnostics;
using CoLink.Observability.Runtime;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Runtime;

public sealed class ProcessStatusTests
{
    [Theory]
    [InlineData("3", 2)]
    [InlineData("f0", 4)]
    [InlineData("00000000,00000000,00000000,0000ffff", 16)]
    [InlineData("ffffffff,ffffffff", 64)]
    public void Threads_and_allowed_cores_are_read(string mask, int cores)
    {
        using var machine = new FakeMachine().Write("proc/self/status", $"Name:\tusers\nThreads:\t37\nSigQ:\t0/96\nCpus_allowed:\t{mask}\nCpus_allowed_list:\t0-1\n");

        Assert.Equal((37, cores), new ProcessStatus(machine.Root).Read());
    }

    [Fact]
    public void A_user_in_hundreds_of_groups_hides_nothing()
    {
        using var machine = new FakeMachine()
            .Write("proc/self/status", $"Name:\tusers\nGroups:\t{string.Join(' ', Enumerable.Range(1_000_000_000, 1000))} \nThreads:\t37\nCpus_allowed:\tf\n");

        Assert.Equal((37, 4), new ProcessStatus(machine.Root).Read());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Threads:\tmany\nCpus_allowed:\tall\n")]
    [InlineData("Threads:\t0\nCpus_allowed:\t0\n")]
    public void What_the_system_does_not_say_is_null_and_not_0(string content)
    {
        using var machine = new FakeMachine().Write("proc/self/status", content);

        Assert.Equal((null, null), new ProcessStatus(machine.Root).Read());
        Assert.Equal((null, null), new ProcessStatus("/nowhere").Read());
    }

    [Fact]
    public async Task The_threads_are_those_that_the_system_lists()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        using var done = new ManualResetEventSlim();
        var threads = Enumerable.Range(0, 50).Select(_ => new Thread(done.Wait)).ToList();
        threads.ForEach(thread => thread.Start());

        try
        {
            // Other tests start and end threads too, so that one comparison may be between two moments.
            await Eventually.IsTrue(() =>
            {
                using var process = Process.GetCurrentProcess();
                return process.Threads.Count > 50 && new ProcessStatus("/").Read().Threads == process.Threads.Count;
            });
        }
        finally
        {
            done.Set();
            threads.ForEach(thread => thread.Join());
        }
    }
}
