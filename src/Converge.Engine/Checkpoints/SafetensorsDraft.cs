using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Converge.Engine.Checkpoints;

/// <summary>
/// A safetensors file that is filled in any order and from any thread: states arrive layer by layer, while the file wants them prompt
/// by prompt. It has a temporary name until <see cref="Commit"/>; disposed before that, nothing is left of it.
/// </summary>
public sealed class SafetensorsDraft : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly SafeFileHandle _handle;
    private readonly Dictionary<string, (TensorEntry Entry, int Size)> _tensors;

    private SafetensorsDraft(string path, string temporary, SafeFileHandle handle, SafetensorsLayout layout)
    {
        (_path, _temporary, _handle) = (path, temporary, handle);
        _tensors = layout.Tensors.ToDictionary(tensor => tensor.Name, tensor => (tensor, SafetensorsDtypes.Size(tensor.Dtype)!.Value), StringComparer.Ordinal);
    }

    /// <summary>Reserves the whole file on disk, all zero, so that a full disk shows before the work and not after it.</summary>
    /// <param name="path">Where the file will be after <see cref="Commit"/>.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="metadata">Entries for <c>__metadata__</c>, beside <c>format</c>.</param>
    /// <exception cref="BadInputException">The folder cannot be written or the disk has too little room.</exception>
    /// <exception cref="ArgumentException">A name comes twice or a type is unknown.</exception>
    public static SafetensorsDraft Create(string path, IEnumerable<TensorSpec> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var layout = SafetensorsLayout.Of(tensors, metadata);
        var full = Path.GetFullPath(path);
        var temporary = $"{full}.{Environment.ProcessId}.{Guid.NewGuid():N}.tmp";
        SafeFileHandle? handle = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.None, layout.Length);
            RandomAccess.SetLength(handle, layout.Length);
            RandomAccess.Write(handle, layout.Header, 0);
            return new SafetensorsDraft(full, temporary, handle, layout);
        }
        catch (Exception error)
        {
            handle?.Dispose();
            AtomicFile.TryDelete(temporary);
            if (AtomicFile.Refusal(path, error) is { } refusal) throw refusal;
            throw;
        }
    }

    /// <summary>Writes elements of a tensor, from <paramref name="element"/> on in row-major order. Safe from several threads.</summary>
    /// <exception cref="BadInputException">The disk is full.</exception>
    /// <exception cref="ArgumentException">There is no such tensor, its elements have another size, or the range leaves it.</exception>
    public void Write<T>(string tensor, long element, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (!_tensors.TryGetValue(tensor, out var found)) throw new ArgumentException($"there is no tensor {tensor}", nameof(tensor));
        var bytes = MemoryMarshal.AsBytes(values);
        if (Marshal.SizeOf<T>() != found.Size) throw new ArgumentException($"{tensor} is {found.Entry.Dtype}, which is not {typeof(T).Name}", nameof(values));
        if (element < 0 || element > found.Entry.Elements - values.Length)
            throw new ArgumentOutOfRangeException(nameof(element), $"{values.Length} elements from {element} on leave {tensor}, which has {found.Entry.Elements}");
        try
        {
            RandomAccess.Write(_handle, bytes, found.Entry.Offset + element * found.Size);
        }
        catch (Exception error) when (AtomicFile.Refusal(_path, error) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <summary>Flushes everything to disk and gives the file its name. Call once, after the last write.</summary>
    /// <exception cref="BadInputException">The disk is full, or the file cannot take its name; what was there stays.</exception>
    public void Commit()
    {
        try
        {
            RandomAccess.FlushToDisk(_handle);
            _handle.Dispose();
            File.Move(_temporary, _path, overwrite: true);
        }
        catch (Exception error) when (AtomicFile.Refusal(_path, error) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <summary>Closes the file; without a <see cref="Commit"/> it is deleted.</summary>
    public void Dispose()
    {
        _handle.Dispose();
        AtomicFile.TryDelete(_temporary);
    }
}
