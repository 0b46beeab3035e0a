using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Converge.Numerics;

/// <summary>Keys of <see cref="Philox"/> from names, so that what is drawn for one purpose has nothing to do with what is drawn for another under the same seed.</summary>
public static class StreamKey
{
    /// <summary>Key and stream of a name: the first sixteen bytes, little-endian, of the SHA-256 of its parts with a line feed between them. No part may hold a line feed.</summary>
    public static (ulong Key, ulong Stream) Of(params IReadOnlyList<string> parts)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)));
        return (BinaryPrimitives.ReadUInt64LittleEndian(digest), BinaryPrimitives.ReadUInt64LittleEndian(digest.AsSpan(8)));
    }
}
