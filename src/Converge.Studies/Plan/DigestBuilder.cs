using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Converge.Studies.Plan;

/// <summary>A SHA-256 over a sequence of fields, each preceded by its length, so that no two sequences look alike.</summary>
internal sealed class DigestBuilder : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public DigestBuilder Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    public DigestBuilder Add(long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return Add(bytes);
    }

    public DigestBuilder Add(ulong number) => Add(unchecked((long)number));

    public DigestBuilder Add(double number) => Add(BitConverter.DoubleToInt64Bits(number));

    public DigestBuilder Add(IReadOnlyCollection<string> texts)
    {
        Add(texts.Count);
        foreach (var text in texts) Add(text);
        return this;
    }

    public DigestBuilder Add(IReadOnlyCollection<int> numbers)
    {
        var bytes = new byte[4 * numbers.Count];
        int at = 0;
        foreach (int number in numbers) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * at++), number);
        return Add(bytes);
    }

    public DigestBuilder Add(IReadOnlyCollection<int[]> sequences)
    {
        Add(sequences.Count);
        foreach (var sequence in sequences) Add(sequence);
        return this;
    }

    public DigestBuilder Add(ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, bytes.Length);
        _hash.AppendData(length);
        _hash.AppendData(bytes);
        return this;
    }

    /// <summary>The digest in lower-case hexadecimal; the builder starts anew.</summary>
    public string Hex() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
