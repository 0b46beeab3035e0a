using System.Buffers.Binary;
using System.Text.Json;

namespace Converge.Engine.Checkpoints;

/// <summary>
/// The header of a safetensors file: eight bytes of length (little-endian), that many bytes of JSON, then the data. Nothing in it is
/// believed: the tensors must tile the data exactly, without holes, overlaps or bytes left over, as the format demands.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The longest header that readers of the format accept, in bytes.</summary>
    public const long MaxLength = 100_000_000;

    private const string Mend = "The file is damaged or is not safetensors; copy or download it again";

    private readonly string _path;
    private readonly Dictionary<string, TensorEntry> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    private SafetensorsHeader(string path) => _path = path;

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => _tensors;

    /// <summary><c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>The number of bytes before the data.</summary>
    public long DataStart { get; private init; }

    /// <summary>The length of the JSON, from the first eight bytes of a file of <paramref name="fileLength"/> bytes.</summary>
    /// <exception cref="BadInputException">The file is too short for it, or it is beyond <see cref="MaxLength"/>.</exception>
    public static int LengthOf(string path, ReadOnlySpan<byte> firstEight, long fileLength)
    {
        if (fileLength == 0) throw new BadInputException(path, "the file is empty", Mend);
        if (fileLength < 8 || firstEight.Length < 8) throw new BadInputException(path, $"the file has {fileLength} bytes, too few for a safetensors header", Mend);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(firstEight);
        if (length > MaxLength)
            throw new BadInputException(path, $"the header claims {length} bytes, more than the format's limit of {MaxLength}", Mend);
        if ((long)length > fileLength - 8)
            throw new BadInputException(path, $"the header claims {length} bytes, but only {fileLength - 8} follow: the file is truncated or not safetensors", Mend);
        return (int)length;
    }

    /// <summary>Reads the JSON of a file of <paramref name="fileLength"/> bytes.</summary>
    /// <exception cref="BadInputException">Anything in it is malformed, unknown or lies.</exception>
    public static SafetensorsHeader Parse(string path, ReadOnlyMemory<byte> json, long fileLength)
    {
        var header = new SafetensorsHeader(path) { DataStart = 8 + json.Length };
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw header.Bad("the header is not a JSON object");
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals("__metadata__")) header.ReadMetadata(property.Value);
                else header.ReadTensor(property.Name, property.Value, fileLength - header.DataStart);
            }
        }
        catch (JsonException error)
        {
            throw header.Bad($"the header is not valid JSON ({Shown.Text(error.Message).TrimEnd('.')})");
        }
        catch (InvalidOperationException)
        {
            // How the JSON reader reports a string that is no valid UTF-8 or UTF-16.
            throw header.Bad("the header holds a string that is not valid Unicode");
        }
        header.CheckTiling(fileLength - header.DataStart);
        return header;
    }

    private void ReadMetadata(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Bad("__metadata__ is not a JSON object");
        foreach (var property in value.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String) throw Bad($"__metadata__ '{Shown.Text(property.Name)}' is not a string");
            _metadata[property.Name] = property.Value.GetString()!;
        }
    }

    private void ReadTensor(string name, JsonElement value, long dataLength)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Bad(name, "is not described by a JSON object");
        if (!value.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String) throw Bad(name, "has no dtype");
        int size = SafetensorsDtypes.Size(dtype.GetString()!) ?? throw Bad(name, $"has the unknown dtype '{Shown.Text(dtype.GetString()!)}'");
        var shape = Numbers(name, value, "shape");
        long length = size;
        try
        {
            foreach (long side in shape) length = checked(length * side);
        }
        catch (OverflowException)
        {
            throw Bad(name, $"has the shape {Shown.Shape(shape)}, which no file can hold");
        }
        var offsets = Numbers(name, value, "data_offsets");
        if (offsets.Length != 2) throw Bad(name, $"has {offsets.Length} data_offsets, expected 2");
        var (begin, end) = (offsets[0], offsets[1]);
        if (begin > end || end > dataLength)
            throw Bad(name, $"claims the bytes {begin} to {end} of {dataLength} bytes of data: the header lies or the file is truncated");
        if (end - begin != length)
            throw Bad(name, $"claims {end - begin} bytes, but {dtype.GetString()} {Shown.Shape(shape)} takes {length}");
        _tensors.Add(name, new TensorEntry(name, dtype.GetString()!, shape, DataStart + begin, length));
    }

    private long[] Numbers(string name, JsonElement tensor, string field)
    {
        if (!tensor.TryGetProperty(field, out var value) || value.ValueKind != JsonValueKind.Array) throw Bad(name, $"has no {field}");
        var numbers = new long[value.GetArrayLength()];
        int i = 0;
        foreach (var element in value.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out long number) || number < 0)
                throw Bad(name, $"has a {field} with '{Shown.Text(element.GetRawText())}' in it, expected whole numbers from 0");
            numbers[i++] = number;
        }
        return numbers;
    }

    private void CheckTiling(long dataLength)
    {
        long next = DataStart;
        foreach (var tensor in _tensors.Values.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.Length))
        {
            if (tensor.Offset != next)
                throw Bad(tensor.Name, tensor.Offset < next ? "overlaps the tensor before it" : $"leaves a hole of {tensor.Offset - next} bytes before it");
            next += tensor.Length;
        }
        if (next != DataStart + dataLength)
            throw Bad($"{DataStart + dataLength - next} bytes after the last tensor belong to none");
    }

    private BadInputException Bad(string what) => new(_path, what, Mend);

    private BadInputException Bad(string tensor, string what) => new(_path, $"tensor '{Shown.Text(tensor)}' {what}", Mend);
}
