using System.Buffers.Binary;
using System.Text.Json;

namespace Converge.Engine.Checkpoints;

/// <summary>A tensor that is to be written.</summary>
/// <param name="Name">Its name, unique in the file.</param>
/// <param name="Dtype">Its element type as the format spells it: <c>F32</c>, <c>BF16</c>, <c>F16</c>, <c>F64</c>, <c>I32</c>, <c>I64</c>.</param>
/// <param name="Shape">Its sides, outermost first.</param>
public sealed record TensorSpec(string Name, string Dtype, params long[] Shape);

/// <summary>
/// The bytes of a safetensors header and the place of every tensor. The header is padded with spaces to a multiple of eight bytes and
/// the tensors with the largest elements come first, so every element is aligned to its size.
/// </summary>
internal sealed class SafetensorsLayout
{
    private SafetensorsLayout(byte[] header, IReadOnlyList<TensorEntry> tensors, long length)
    {
        (Header, Tensors, Length) = (header, tensors, length);
    }

    /// <summary>Everything before the data: the length and the JSON.</summary>
    public byte[] Header { get; }

    /// <summary>The tensors in the order in which they lie in the file; offsets from the start of the file.</summary>
    public IReadOnlyList<TensorEntry> Tensors { get; }

    /// <summary>The size of the whole file in bytes.</summary>
    public long Length { get; }

    /// <summary>Lays a file out.</summary>
    /// <exception cref="ArgumentException">A name comes twice or is reserved, a type is unknown, a side is negative, or the sizes overflow.</exception>
    public static SafetensorsLayout Of(IEnumerable<TensorSpec> specs, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
        var placed = new List<TensorEntry>();
        long next = 0;
        foreach (var (spec, size) in specs.Select(spec => (spec, Size(spec))).OrderByDescending(pair => pair.Item2))
        {
            if (!names.Add(spec.Name)) throw new ArgumentException($"the name {spec.Name} comes twice or is reserved", nameof(specs));
            long length = size;
            foreach (long side in spec.Shape)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(side, nameof(specs));
                length = checked(length * side);
            }
            placed.Add(new TensorEntry(spec.Name, spec.Dtype, spec.Shape, next, length));
            next = checked(next + length);
        }
        var header = Encode(placed, metadata);
        return new SafetensorsLayout(header, [.. placed.Select(tensor => tensor with { Offset = tensor.Offset + header.Length })], checked(next + header.Length));
    }

    private static int Size(TensorSpec spec) =>
        SafetensorsDtypes.Size(spec.Dtype) ?? throw new ArgumentException($"{spec.Name} has the unknown type {spec.Dtype}", nameof(spec));

    private static byte[] Encode(IEnumerable<TensorEntry> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var stream = new MemoryStream();
        stream.Write(new byte[8]);
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("__metadata__");
            // The library that reads safetensors into PyTorch asks for this entry.
            writer.WriteString("format", "pt");
            foreach (var (key, value) in metadata ?? new Dictionary<string, string>()) writer.WriteString(key, value);
            writer.WriteEndObject();
            foreach (var tensor in tensors)
            {
                writer.WriteStartObject(tensor.Name);
                writer.WriteString("dtype", tensor.Dtype);
                WriteNumbers(writer, "shape", tensor.Shape);
                WriteNumbers(writer, "data_offsets", [tensor.Offset, tensor.Offset + tensor.Length]);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        while (stream.Length % 8 != 0) stream.WriteByte((byte)' ');
        var header = stream.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - 8);
        return header;
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string field, ReadOnlySpan<long> numbers)
    {
        writer.WriteStartArray(field);
        foreach (long number in numbers) writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }
}
