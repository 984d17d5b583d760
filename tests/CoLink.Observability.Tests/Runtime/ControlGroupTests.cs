using CoLink.Observability.Runtime;

namespace CoLink.Observability.Tests.Runtime;

public sealed class ControlGroupTests
{
    private const string NoLimitOfVersion1 = "9223372036854771712\n";

    [Fact]
    public void Version_2_limits_of_the_process_own_group_are_read()
    {
        using var machine = new FakeMachine().InGroups("0::/colink.slice/users.service").WithVersion2()
            .Write("sys/fs/cgroup/colink.slice/users.service/cpu.max", "150000 100000\n")
            .Write("sys/fs/cgroup/colink.slice/users.service/memory.max", "536870912\n");

        Assert.Equal((1.5, 536870912), LimitsOf(machine));
    }

    [Fact]
    public void The_smallest_limit_on_the_way_to_the_root_counts()
    {
        using var machine = new FakeMachine().InGroups("0::/pods/pod/container").WithVersion2()
            .Write("sys/fs/cgroup/pods/pod/container/cpu.max", "300000 100000\n")
            .Write("sys/fs/cgroup/pods/pod/cpu.max", "25000 50000\n")
            .Write("sys/fs/cgroup/pods/cpu.max", "max 100000\n")
            .Write("sys/fs/cgroup/pods/pod/container/memory.max", "1073741824\n")
            .Write("sys/fs/cgroup/pods/pod/memory.max", "max\n")
            .Write("sys/fs/cgroup/pods/memory.max", "268435456\n");

        Assert.Equal((0.5, 268435456), LimitsOf(machine));
    }

    [Fact]
    public void A_group_above_without_the_process_own_files_still_limits()
    {
        using var machine = new FakeMachine().InGroups("0::/pod/container").WithVersion2()
            .Write("sys/fs/cgroup/pod/cpu.max", "50000 100000\n")
            .Write("sys/fs/cgroup/pod/memory.max", "1000000\n")
            .Write("sys/fs/cgroup/pod/container/cgroup.procs", "1\n");

        Assert.Equal((0.5, 1000000), LimitsOf(machine));
    }

    [Fact]
    public void Version_1_limits_are_read_from_the_hierarchy_of_each_controller()
    {
        using var machine = new FakeMachine().InGroups("9:name=systemd:/init", "4:memory:/a/b", "3:cpuset:/", "2:cpu,cpuacct:/a").WithVersion1()
            .Write("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "250000\n")
            .Write("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n")
            .Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n")
            .Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n")
            .Write("sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", NoLimitOfVersion1)
            .Write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "805306368\n")
            .Write("sys/fs/cgroup/memory/memory.limit_in_bytes", NoLimitOfVersion1);

        Assert.Equal((2.5, 805306368), LimitsOf(machine));
    }

    [Fact]
    public void Version_1_without_limits_is_the_machine()
    {
        using var machine = new FakeMachine().InGroups("4:memory:/", "2:cpu,cpuacct:/").WithVersion1()
            .Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n")
            .Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n")
            .Write("sys/fs/cgroup/memory/memory.limit_in_bytes", NoLimitOfVersion1);

        Assert.Equal((4, FakeMachine.RamBytes), LimitsOf(machine));
    }

    [Fact]
    public void Version_2_without_limits_is_the_machine()
    {
        using var machine = new FakeMachine().InGroups("0::/a").WithVersion2()
            .Write("sys/fs/cgroup/a/cpu.max", "max 100000\n")
            .Write("sys/fs/cgroup/a/memory.max", "max\n");

        Assert.Equal((4, FakeMachine.RamBytes), LimitsOf(machine));
    }

    [Fact]
    public void A_limit_above_the_machine_is_the_machine()
    {
        using var machine = new FakeMachine().InGroups("0::/a").WithVersion2()
            .Write("sys/fs/cgroup/a/cpu.max", "6400000 100000\n")
            .Write("sys/fs/cgroup/a/memory.max", "1099511627776\n");

        Assert.Equal((4, FakeMachine.RamBytes), LimitsOf(machine));
    }

    [Fact]
    public void Without_control_groups_it_is_the_machine()
    {
        using var machine = new FakeMachine();

        Assert.Equal((4, FakeMachine.RamBytes), LimitsOf(machine));
    }

    [Fact]
    public void In_a_hybrid_each_controller_is_found_where_it_is_bound()
    {
        using var machine = new FakeMachine().InGroups("4:memory:/a", "1:cpu:/", "0::/a")
            .WithMounts(
                ("/", "/sys/fs/cgroup/memory", "cgroup", ",memory"),
                ("/", "/sys/fs/cgroup/unified", "cgroup2", ""))
            .Write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "104857600\n")
            .Write("sys/fs/cgroup/unified/a/cpu.max", "75000 100000\n");

        Assert.Equal((0.75, 104857600), LimitsOf(machine));
    }

    [Theory]
    [InlineData("/docker/abc", "/docker/abc")]
    [InlineData("/docker/abc", "/")]
    [InlineData("/", "/docker/abc")]
    [InlineData("/", "/")]
    [InlineData("/../other", "/")]
    [InlineData("/docker/abc", "/kubepods/pod/abc")]
    public void A_container_finds_its_limits_at_the_mount_whatever_path_it_is_told(string path, string mountRoot)
    {
        using var version2 = new FakeMachine().InGroups($"0::{path}").WithVersion2(mountRoot)
            .Write("sys/fs/cgroup/cpu.max", "50000 100000\n")
            .Write("sys/fs/cgroup/memory.max", "104857600\n")
            .Write("sys/fs/other/memory.max", "1\n");
        using var version1 = new FakeMachine().InGroups($"4:memory:{path}", $"2:cpu,cpuacct:{path}").WithVersion1(mountRoot)
            .Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "50000\n")
            .Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n")
            .Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "104857600\n");

        Assert.Equal((0.5, 104857600), LimitsOf(version2));
        Assert.Equal((0.5, 104857600), LimitsOf(version1));
    }

    [Fact]
    public void A_group_below_the_mounted_one_is_found_by_the_path_between_them()
    {
        using var machine = new FakeMachine().InGroups("0::/docker/abc/worker").WithVersion2("/docker/abc")
            .Write("sys/fs/cgroup/worker/memory.max", "52428800\n")
            .Write("sys/fs/cgroup/memory.max", "104857600\n");

        Assert.Equal(52428800, LimitsOf(machine).Memory);
    }

    [Fact]
    public void A_limit_that_changes_while_the_process_runs_is_followed()
    {
        using var machine = new FakeMachine().InGroups("0::/a").WithVersion2().Write("sys/fs/cgroup/a/cpu.max", "max 100000\n");
        var limits = new ResourceLimits(machine.Root);
        Assert.Equal(4, limits.Cores(allowed: 4));

        machine.Write("sys/fs/cgroup/a/cpu.max", "200000 100000\n").Write("sys/fs/cgroup/a/memory.max", "104857600\n");

        Assert.Equal(2, limits.Cores(allowed: 4));
        Assert.Equal(104857600, limits.MemoryBytes());
    }

    [Theory]
    [InlineData("cpu.max", "plenty 100000\n")]
    [InlineData("cpu.max", "50000\n")]
    [InlineData("memory.max", "12 apples\n")]
    public void What_is_no_limit_is_an_error_that_names_the_file(string file, string content)
    {
        using var machine = new FakeMachine().InGroups("0::/a").WithVersion2().Write($"sys/fs/cgroup/a/{file}", content);

        var error = Assert.Throws<FormatException>(() => LimitsOf(machine));

        Assert.Contains($"sys/fs/cgroup/a/{file}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_any_file_it_is_what_the_runtime_was_given()
    {
        var limits = new ResourceLimits("/nowhere");

        Assert.Equal(Environment.ProcessorCount, limits.Cores(allowed: null));
        Assert.Equal(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, limits.MemoryBytes());
    }

    private static (double Cores, double Memory) LimitsOf(FakeMachine machine)
    {
        var limits = new ResourceLimits(machine.Root);
        return (limits.Cores(allowed: 4), limits.MemoryBytes());
    }
}
