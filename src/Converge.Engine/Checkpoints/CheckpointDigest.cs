using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Converge.Engine.Checkpoints;

/// <summary>
/// The identity of a checkpoint by content: SHA-256 over <c>config.json</c> and, in the order of their names, the weight files. A file of
/// at most 256 MiB enters whole. Of a larger one, its length, its whole header and of every tensor 16 blocks of 4 KiB enter, spread evenly
/// from its first byte to its last: every tuning, conversion or damaged download that touches whole tensors is seen, the change of a
/// few single values may not be; in return the digest of a checkpoint of many gigabytes reads some tens of megabytes.
/// </summary>
internal static class CheckpointDigest
{
    private const int Blocks = 16, BlockBytes = 4096, Piece = 1 << 24;

    /// <summary>The digest, in lower-case hexadecimal.</summary>
    internal static string Of(string configPath, IReadOnlyList<SafetensorsFile> files, long wholeUpTo = 1L << 28)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var config = File.ReadAllBytes(configPath);
        AppendNumber(hash, config.Length);
        hash.AppendData(config);
        foreach (var file in files.OrderBy(file => Path.GetFileName(file.Path), StringComparer.Ordinal))
        {
            AppendNumber(hash, file.Length);
            if (file.Length <= wholeUpTo) AppendRange(hash, file, 0, file.Length);
            else AppendSamples(hash, file);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AppendSamples(IncrementalHash hash, SafetensorsFile file)
    {
        AppendRange(hash, file, 0, file.DataStart);
        foreach (var tensor in file.Tensors.Values.OrderBy(tensor => tensor.Offset))
        {
            long last = tensor.Length - BlockBytes;
            if (last <= Blocks * BlockBytes)
            {
                AppendRange(hash, file, tensor.Offset, tensor.Length);
                continue;
            }
            for (int block = 0; block < Blocks; block++) AppendRange(hash, file, tensor.Offset + last / (Blocks - 1) * block + (block == Blocks - 1 ? last % (Blocks - 1) : 0), BlockBytes);
        }
    }

    private static void AppendRange(IncrementalHash hash, SafetensorsFile file, long offset, long length)
    {
        for (long done = 0; done < length; done += Piece) hash.AppendData(file.Raw(offset + done, (int)Math.Min(Piece, length - done)));
    }

    private static void AppendNumber(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
