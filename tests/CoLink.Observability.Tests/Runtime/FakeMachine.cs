namespace CoLink.Observability.Tests.Runtime;

/// <summary>A temporary folder that stands for <c>/</c>: its /proc and its control groups are written by the test.</summary>
internal sealed class FakeMachine : IDisposable
{
    public const long RamBytes = 16L * 1024 * 1024 * 1024;

    public FakeMachine() => Write("proc/meminfo", $"MemTotal:       {RamBytes / 1024} kB\nMemFree:          100 kB\n");

    public string Root { get; } = Directory.CreateTempSubdirectory("colink-runtime-").FullName;

    public FakeMachine Write(string path, string content)
    {
        var file = Path.Join(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        return this;
    }

    /// <param name="lines">What /proc/self/cgroup says.</param>
    public FakeMachine InGroups(params string[] lines) => Write("proc/self/cgroup", string.Concat(lines.Select(line => line + "\n")));

    /// <param name="mounts">The part of a line of /proc/self/mountinfo that matters: root, point, type, controllers.</param>
    public FakeMachine WithMounts(params (string Root, string Point, string Type, string Controllers)[] mounts) => Write(
        "proc/self/mountinfo",
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        + string.Concat(mounts.Select((mount, i) => $"{30 + i} 22 0:{26 + i} {mount.Root} {mount.Point} rw,nosuid shared:{9 + i} master:2 - {mount.Type} {mount.Type} rw{mount.Controllers}\n")));

    public FakeMachine WithVersion2(string root = "/", string point = "/sys/fs/cgroup") => WithMounts((root, point, "cgroup2", ",nsdelegate"));

    public FakeMachine WithVersion1(string root = "/") => WithMounts(
        (root, "/sys/fs/cgroup/systemd", "cgroup", ",xattr,name=systemd"),
        (root, "/sys/fs/cgroup/cpu,cpuacct", "cgroup", ",cpu,cpuacct"),
        (root, "/sys/fs/cgroup/cpuset", "cgroup", ",cpuset"),
        (root, "/sys/fs/cgroup/memory", "cgroup", ",memory"));

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
