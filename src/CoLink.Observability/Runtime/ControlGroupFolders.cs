namespace CoLink.Observability.Runtime;

/// <summary>
/// The folders of the process' control groups, from its own up to the root of each mount. Version 2 has one hierarchy for all
/// controllers, version 1 one for each.
/// </summary>
internal sealed record ControlGroupFolders(IReadOnlyList<string> Unified, IReadOnlyList<string> Cpu, IReadOnlyList<string> Memory)
{
    /// <param name="root">Where the system's files are found.</param>
    public static ControlGroupFolders Find(string root)
    {
        var groups = Lines(Path.Join(root, "proc/self/cgroup")).Select(Group.Parse).OfType<Group>().ToList();
        var mounts = Lines(Path.Join(root, "proc/self/mountinfo")).Select(Mount.Parse).OfType<Mount>().ToList();
        return new ControlGroupFolders(FoldersOf(""), FoldersOf("cpu"), FoldersOf("memory"));

        IReadOnlyList<string> FoldersOf(string controller)
        {
            var group = groups.Find(candidate => candidate.Controllers.Contains(controller));
            var mount = mounts.Find(candidate => candidate.Controllers.Contains(controller));
            return group is null || mount is null ? [] : [.. Upwards(Path.Join(root, mount.Point), group.Below(mount.Root)).Where(Directory.Exists)];
        }
    }

    private static IEnumerable<string> Upwards(string top, string path)
    {
        for (; path.Length > 0; path = path[..path.LastIndexOf('/')])
            yield return top + path;
        yield return top;
    }

    private static string[] Lines(string file) => File.Exists(file) ? File.ReadAllLines(file) : [];

    /// <summary>A line of /proc/self/cgroup: <c>4:cpu,cpuacct:/path</c>, in version 2 <c>0::/path</c>.</summary>
    private sealed record Group(string[] Controllers, string Path)
    {
        public static Group? Parse(string line) => line.Split(':', 3) is [_, var controllers, var path] ? new Group(controllers.Split(','), path) : null;

        /// <summary>
        /// The path below a mount that shows the hierarchy from <paramref name="root"/> on, without a slash at its end. Without a
        /// namespace of its own a container sees the path as the host has it, but has only its own group mounted. Where the two do
        /// not fit, or the group is outside of the namespace and begins with <c>/..</c>, the top of the mount is what there is.
        /// </summary>
        public string Below(string root)
        {
            var path = Path.TrimEnd('/');
            root = root.TrimEnd('/');
            if (path.Split('/').Contains(".."))
                return "";
            return path == root || path.StartsWith(root + '/', StringComparison.Ordinal) ? path[root.Length..] : "";
        }
    }

    /// <summary>A line of /proc/self/mountinfo: <c>36 35 98:0 ROOT POINT options … - cgroup source rw,cpu,cpuacct</c>. Source: proc_pid_mountinfo(5).</summary>
    private sealed record Mount(string[] Controllers, string Root, string Point)
    {
        public static Mount? Parse(string line)
        {
            var fields = line.Split(' ');
            var separator = Array.IndexOf(fields, "-");
            if (separator < 5 || fields.Length < separator + 4)
                return null;
            return fields[separator + 1] switch
            {
                "cgroup2" => new Mount([""], fields[3], fields[4]),
                "cgroup" => new Mount(fields[separator + 3].Split(','), fields[3], fields[4]),
                _ => null,
            };
        }
    }
}
