using Microsoft.Win32.SafeHandles;

namespace CoLink.Observability.Logging.Loki.Spool;

/// <summary>A segment on disk. Only the one that is being written stays open: there may be thousands.</summary>
internal sealed class SegmentFile(string path)
{
    private SafeFileHandle? _open;

    public string Path => path;

    /// <summary>Makes the file, which must not be there, with a header and no record.</summary>
    public void Create()
    {
        Span<byte> header = stackalloc byte[SpoolFormat.SegmentHeader];
        SpoolFormat.WriteSegmentHeader(header);
        using (var created = new FileStream(path, SpoolFolder.OwnersFile(FileMode.CreateNew)))
        {
            try
            {
                created.Write(header);
            }
            catch (Exception)
            {
                // A full disk would otherwise get an empty file with each attempt.
                File.Delete(path);
                throw;
            }
        }

        _open = Open();
    }

    /// <summary>Opens the file to go on behind <paramref name="end"/>, and takes away what is there.</summary>
    public void Resume(long end)
    {
        _open ??= Open();
        RandomAccess.SetLength(_open, end);
    }

    /// <remarks>The header goes first: where the process ends between the two, the body is missing and not a header of zeros in front of one.</remarks>
    public void Append(long at, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        RandomAccess.Write(_open!, header, at);
        RandomAccess.Write(_open!, body, at + header.Length);
    }

    /// <summary>How many bytes could be read; fewer than asked for where the disk cannot give them.</summary>
    public int Read(long at, Span<byte> target)
    {
        var file = _open ?? Open();
        try
        {
            return ReadAll(file, at, target);
        }
        catch (IOException)
        {
            return 0;
        }
        finally
        {
            Release(file);
        }
    }

    /// <summary>Until the file ends: a file system across a network may give less at a time, and that is no damage.</summary>
    public static int ReadAll(SafeFileHandle file, long at, Span<byte> target)
    {
        var count = 0;
        while (count < target.Length && RandomAccess.Read(file, target[count..], at + count) is > 0 and var read)
            count += read;
        return count;
    }

    public void MarkDone(long at)
    {
        var file = _open ?? Open();
        try
        {
            RandomAccess.Write(file, [SpoolFormat.Done], at + SpoolFormat.State);
        }
        finally
        {
            Release(file);
        }
    }

    /// <summary>Through a handle of its own: others go on writing and may close theirs, and the kernel flushes the file, whoever wrote it.</summary>
    public void Flush()
    {
        using var file = Open();
        RandomAccess.FlushToDisk(file);
    }

    public void Close()
    {
        _open?.Dispose();
        _open = null;
    }

    public void Delete()
    {
        Close();
        File.Delete(path);
    }

    private SafeFileHandle Open() => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private void Release(SafeFileHandle file)
    {
        if (file != _open)
            file.Dispose();
    }
}
