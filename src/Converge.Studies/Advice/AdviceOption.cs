using Converge.Studies.Statistics;

namespace Converge.Studies.Advice;

/// <summary>A way to do a task with a model.</summary>
public enum AdviceMethod
{
    /// <summary>Instruction and query alone.</summary>
    ZeroShot,

    /// <summary>Demonstrations in the prompt.</summary>
    InContext,

    /// <summary>An adapter tuned on the demonstrations, and the prompt without them.</summary>
    Tuned,
}

/// <summary>One way to do the task, what it is worth and what it costs. Means over runs; operations count a multiplication and an addition as two.</summary>
public sealed record AdviceOption
{
    /// <summary>The method.</summary>
    public required AdviceMethod Method { get; init; }

    /// <summary>Demonstrations shown or tuned on; 0 for zero-shot.</summary>
    public required int Demonstrations { get; init; }

    /// <summary>Accuracy over the label set, or in a task without labels the mean log-likelihood of a token of the reference, in nats.</summary>
    public required Estimate Quality { get; init; }

    /// <summary>The quality of every run, in the order of their numbers.</summary>
    public required IReadOnlyList<double> QualityOfRuns { get; init; }

    /// <summary>The expected calibration error of the label probabilities over all queries of all runs; null in a task without labels.</summary>
    public required double? CalibrationError { get; init; }

    /// <summary>Tokens of a prompt.</summary>
    public required double TokensPerQuery { get; init; }

    /// <summary>Operations for a prompt.</summary>
    public required double FlopsPerQuery { get; init; }

    /// <summary>Operations for a prompt where the beginning that all of a run's prompts share was computed once and kept.</summary>
    public required double FlopsPerQueryWithPrefixKept { get; init; }

    /// <summary>Operations of the tuning, once; 0 where nothing is tuned.</summary>
    public required double TuningFlops { get; init; }

    /// <summary>Of a tuned option: the share of ICL's shift of the last state, with the same demonstrations, that tuning reproduces, <c>d_it . d_icl / |d_icl|^2</c>; else null.</summary>
    public required Estimate? ShareOfShift { get; init; }

    /// <summary>Its name: <c>zero-shot</c>, <c>ICL k=4</c> or <c>IT k=4</c>.</summary>
    public string Name => Method switch
    {
        AdviceMethod.ZeroShot => "zero-shot",
        AdviceMethod.InContext => $"ICL k={Demonstrations}",
        _ => $"IT k={Demonstrations}",
    };

    /// <summary>Operations of everything for some queries.</summary>
    public double FlopsFor(double queries, bool prefixKept = false) => TuningFlops + queries * (prefixKept ? FlopsPerQueryWithPrefixKept : FlopsPerQuery);

    /// <summary>The number of queries from which on this option takes fewer operations than <paramref name="other"/>; null if it never does, 0 if it always does.</summary>
    public double? PaysAgainst(AdviceOption other, bool prefixKept = false)
    {
        double saved = (prefixKept ? other.FlopsPerQueryWithPrefixKept - FlopsPerQueryWithPrefixKept : other.FlopsPerQuery - FlopsPerQuery), more = TuningFlops - other.TuningFlops;
        if (more <= 0 && saved >= 0) return 0;
        return saved <= 0 ? null : Math.Ceiling(more / saved);
    }
}
