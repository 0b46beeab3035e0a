using System.Globalization;
using Converge.Numerics;

namespace Converge.Studies.Demonstrations;

/// <summary>The independent random streams of a study (METHOD, section 5).</summary>
public enum StreamName
{
    /// <summary>Which instruction a run uses.</summary>
    Instruction,

    /// <summary>Which demonstrations a run shows.</summary>
    Demonstrations,

    /// <summary>Which queries a run asks.</summary>
    Queries,

    /// <summary>The adapter before tuning.</summary>
    Adapter,

    /// <summary>Dropout in tuning.</summary>
    Dropout,

    /// <summary>Bootstrap resamples.</summary>
    Bootstrap,

    /// <summary>Which answers of demonstrations are wrong or random.</summary>
    Answers,

    /// <summary>The orders of demonstrations.</summary>
    Order,

    /// <summary>What stands in for the inputs of demonstrations.</summary>
    Content,

    /// <summary>Which other instruction a run uses.</summary>
    OtherInstruction,

    /// <summary>How the answers of tuning rows are permuted.</summary>
    TuningData,

    /// <summary>Random tokens in place of text.</summary>
    Tokens,

    /// <summary>The weights of an untrained model.</summary>
    Weights,
}

/// <summary>
/// Random streams as pure functions of (master seed, stream, task, run). The model is not among them, and neither is a factor's level: all
/// models and levels meet the same instructions, demonstrations, queries and adapters, which makes their contrasts paired.
/// </summary>
public static class RandomStreams
{
    /// <summary>The random numbers of one stream.</summary>
    public static RandomStream Open(ulong seed, StreamName stream, string task, int run)
    {
        var (key, sequence) = Derive(seed, stream, task, run);
        return new RandomStream(key, sequence);
    }

    /// <summary>A seed to hand on, where a stream's numbers are drawn elsewhere.</summary>
    public static ulong SeedOf(ulong seed, StreamName stream, string task, int run) => Derive(seed, stream, task, run).Key;

    // The hash makes streams of neighbouring seeds and runs unrelated; the line feed cannot occur in a name.
    private static (ulong Key, ulong Sequence) Derive(ulong seed, StreamName stream, string task, int run) =>
        StreamKey.Of(seed.ToString(CultureInfo.InvariantCulture), stream.ToString().ToLowerInvariant(), task, run.ToString(CultureInfo.InvariantCulture));
}
