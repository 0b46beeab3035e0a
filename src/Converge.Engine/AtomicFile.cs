namespace Converge.Engine;

/// <summary>Writes files that are either whole or absent: to a temporary name in the same folder, flushed to disk, then renamed.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Creates or replaces <paramref name="path"/> with what <paramref name="write"/> puts into the stream. If anything fails (a full disk,
    /// an exception in <paramref name="write"/>) the temporary file is removed and what was at <paramref name="path"/> stays as it was.
    /// </summary>
    /// <exception cref="BadInputException">The folder cannot be written or the disk is full.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var full = Path.GetFullPath(path);
        var temporary = $"{full}.{Environment.ProcessId}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception error)
        {
            TryDelete(temporary);
            if (Refusal(path, error) is { } refusal) throw refusal;
            throw;
        }
    }

    /// <summary>Creates or replaces <paramref name="path"/> with <paramref name="text"/> in UTF-8.</summary>
    /// <exception cref="BadInputException">The folder cannot be written or the disk is full.</exception>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>The line for the user where <paramref name="error"/> comes from the file system; null where it is another failure.</summary>
    internal static BadInputException? Refusal(string path, Exception error)
    {
        string? reason = error switch
        {
            IOException or UnauthorizedAccessException => error.Message.TrimEnd('.'),
            // How the runtime reports EFBIG: more than the file system or the process's limit allows a file.
            ArgumentOutOfRangeException { ParamName: "value", TargetSite.DeclaringType.Namespace: "System.IO" or "System.IO.Strategies" } => "the file would be larger than allowed",
            _ => null,
        };
        return reason is null ? null : new BadInputException(path, $"cannot be written ({reason})", "Free some space or choose another place; earlier results are intact");
    }

    /// <summary>Deletes a temporary file, if that is possible.</summary>
    internal static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to report; a leftover *.tmp is never read.
        }
    }
}
