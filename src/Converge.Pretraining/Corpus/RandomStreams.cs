using System.Globalization;
using Converge.Numerics;

namespace Converge.Pretraining.Corpus;

/// <summary>What random numbers of a seed are drawn for. Fresh weights use the seed itself as a key, so that none of these meets them.</summary>
internal enum StreamName
{
    /// <summary>Documents of the corpus.</summary>
    Document,

    /// <summary>Episodes for measuring.</summary>
    Episode,
}

/// <summary>Random streams as pure functions of (seed, purpose, index).</summary>
internal static class RandomStreams
{
    /// <summary>The random numbers of one document or episode.</summary>
    public static RandomStream Open(ulong seed, StreamName stream, long index)
    {
        var (key, sequence) = StreamKey.Of(seed.ToString(CultureInfo.InvariantCulture), stream.ToString().ToLowerInvariant(), index.ToString(CultureInfo.InvariantCulture));
        return new RandomStream(key, sequence);
    }
}
