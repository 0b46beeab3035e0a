using Converge.Numerics;

namespace Converge.Engine.Checkpoints;

/// <summary>
/// A safetensors file, mapped into memory and never copied. Every field of its header is checked when it is opened, so a view can
/// only lie inside the file. Views and spans are valid until the file is disposed.
/// </summary>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private readonly MappedFile _file;

    private SafetensorsFile(string path, MappedFile file, SafetensorsHeader header)
    {
        (Path, _file, Tensors, Metadata, DataStart) = (path, file, header.Tensors, header.Metadata, header.DataStart);
    }

    /// <summary>The path it was opened with.</summary>
    public string Path { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>The header's <c>__metadata__</c>; empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The size of the file in bytes.</summary>
    public long Length => _file.Length;

    /// <summary>The size of everything before the tensors' data, in bytes.</summary>
    internal long DataStart { get; }

    /// <summary>Maps a file and checks its header.</summary>
    /// <exception cref="BadInputException">The file cannot be read, is truncated, or its header is malformed or lies.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            int length = SafetensorsHeader.LengthOf(path, new ReadOnlySpan<byte>(file.Start, (int)Math.Min(file.Length, 8)), file.Length);
            var json = new ReadOnlySpan<byte>(file.Start + 8, length).ToArray();
            return new SafetensorsFile(path, file, SafetensorsHeader.Parse(path, json, file.Length));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A tensor as a row-major matrix. A tensor of one side may be seen as a single row.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="rows">The number of rows expected.</param>
    /// <param name="columns">The number of columns expected.</param>
    /// <exception cref="BadInputException">It is absent, has another shape, or its type is none of F32, F16, BF16 and F64.</exception>
    public WeightView View(string name, int rows, int columns)
    {
        var entry = Entry(name);
        bool fits = entry.Shape is [var r, var c] ? r == rows && c == columns : rows == 1 && entry.Shape is [var n] && n == columns;
        if (!fits)
        {
            var expected = rows == 1 ? $"[{columns}]" : $"[{rows}, {columns}]";
            throw new BadInputException(Path, $"tensor '{Shown.Text(name)}' has the shape {Shown.Shape(entry.Shape)}, expected {expected}", "The file does not belong to this configuration");
        }
        var type = SafetensorsDtypes.ElementType(entry.Dtype)
            ?? throw new BadInputException(Path, $"tensor '{Shown.Text(name)}' is stored as {entry.Dtype}", "Convert it to F32, F16 or BF16: quantised checkpoints are not supported");
        return new WeightView(_file.Start + entry.Offset, type, rows, columns);
    }

    /// <summary>The bytes of a tensor, as they lie in the file.</summary>
    /// <exception cref="BadInputException">It is absent, or larger than a span can be (2 GiB).</exception>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        var entry = Entry(name);
        if (entry.Length > int.MaxValue)
            throw new BadInputException(Path, $"tensor '{Shown.Text(name)}' has {entry.Length} bytes, too many to be read in one piece", "Split it into smaller tensors");
        return new ReadOnlySpan<byte>(_file.Start + entry.Offset, (int)entry.Length);
    }

    /// <summary><paramref name="length"/> bytes of the file from <paramref name="offset"/> on.</summary>
    internal ReadOnlySpan<byte> Raw(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_file.Start == null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, _file.Length - length);
        return new ReadOnlySpan<byte>(_file.Start + offset, length);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private TensorEntry Entry(string name)
    {
        ObjectDisposedException.ThrowIf(_file.Start == null, this);
        return Tensors.TryGetValue(name, out var entry) ? entry
            : throw new BadInputException(Path, $"tensor '{Shown.Text(name)}' is missing", "The file does not belong to this configuration, or is incomplete");
    }
}
