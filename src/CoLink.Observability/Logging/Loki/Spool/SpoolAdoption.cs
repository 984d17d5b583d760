using System.Globalization;

namespace CoLink.Observability.Logging.Loki.Spool;

/// <summary>What earlier processes left in the directory.</summary>
internal sealed class SpoolAdoption
{
    private readonly List<string> _leftAlone = [];
    private long _damagedBytes;
    private int _damagedSegments;
    private bool _isLastWhole;

    private SpoolAdoption(SpoolFolder folder)
    {
        foreach (var (number, file, isFile) in folder.Segments())
        {
            LastNumber = number;
            try
            {
                _isLastWhole = false;
                if (isFile)
                    Read(file);
                else
                    LeaveAlone(file, "no file, or a link");
            }
            catch (Exception exception)
            {
                LeaveAlone(file, exception.Message);
            }
        }
    }

    /// <summary>Oldest first.</summary>
    public List<SpoolSegment> Segments { get; } = [];

    /// <summary>The highest number that a name has, whatever the file is.</summary>
    public long LastNumber { get; private set; }

    /// <summary>The one that may be written on, where there is one: a crash loop would otherwise leave a file a start.</summary>
    public SpoolSegment? Unended => _isLastWhole ? Segments[^1] : null;

    public static SpoolAdoption Of(SpoolFolder folder, SpoolNotices notices)
    {
        var adoption = new SpoolAdoption(folder);
        if (adoption._leftAlone.Count > 0)
            notices.LeftAlone(adoption.DescribeLeftAlone());
        if (adoption._damagedSegments > 0)
            notices.Damaged(string.Create(CultureInfo.InvariantCulture, $"{adoption._damagedBytes} bytes behind a damaged header, in {adoption._damagedSegments} segments"));
        return adoption;
    }

    private void Read(FileSystemInfo file)
    {
        // Not opened where it is empty: what looks so and is no regular file could block, as a pipe does.
        if (((FileInfo)file).Length == 0)
        {
            file.Delete();
            return;
        }

        using var handle = File.OpenHandle(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> start = stackalloc byte[SpoolFormat.SegmentHeader];
        switch (SpoolFormat.KindOf(start[..SegmentFile.ReadAll(handle, 0, start)]))
        {
            case SegmentKind.Torn:
                file.Delete();
                break;
            case SegmentKind.OtherVersion:
                LeaveAlone(file, "written by another version of this library");
                break;
            case SegmentKind.Foreign:
                LeaveAlone(file, "no segment, or one whose first bytes are damaged");
                break;
            default:
                var length = RandomAccess.GetLength(handle);
                Adopt(file, new SegmentScan(handle, length), length);
                break;
        }
    }

    private void Adopt(FileSystemInfo file, SegmentScan scan, long length)
    {
        scan.Run();
        _damagedBytes += scan.Damaged;
        _damagedSegments += scan.Damaged > 0 ? 1 : 0;
        var segment = SpoolSegment.Adopt(file.FullName, scan, length);
        if (segment.IsFinished)
        {
            segment.Delete();
            return;
        }

        Segments.Add(segment);
        _isLastWhole = scan.Damaged == 0;
    }

    private void LeaveAlone(FileSystemInfo file, string reason) => _leftAlone.Add($"{file.Name} ({reason})");

    private string DescribeLeftAlone()
    {
        const int Most = 5;
        var more = _leftAlone.Count - Most;
        return string.Join(", ", _leftAlone.Take(Most)) + (more > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {more} more") : "");
    }
}
