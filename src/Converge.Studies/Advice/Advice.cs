using Converge.Studies.Statistics;

namespace Converge.Studies.Advice;

/// <summary>What to do for a task with a model, and why.</summary>
public sealed record Advice
{
    /// <summary>A difference in quality below this is not worth a cost: a point of accuracy, or a hundredth of a nat a token.</summary>
    public const double WorthALook = 0.01;

    /// <summary>All options: zero-shot, then ICL and IT by rising number of demonstrations.</summary>
    public required IReadOnlyList<AdviceOption> Options { get; init; }

    /// <summary>What <see cref="AdviceOption.Quality"/> is: <c>accuracy</c> or <c>log-likelihood a token</c>.</summary>
    public required string Measure { get; init; }

    /// <summary>The accuracy of always answering with the commonest label; null in a task without labels.</summary>
    public required double? Commonest { get; init; }

    /// <summary>How many queries the recommendation is for.</summary>
    public required double ExpectedQueries { get; init; }

    /// <summary>The option of the highest mean quality.</summary>
    public required AdviceOption Best { get; init; }

    /// <summary>Those that are not credibly worse than <see cref="Best"/>: of the difference by runs the interval reaches 0, or it is below <see cref="WorthALook"/>.</summary>
    public required IReadOnlyList<AdviceOption> AsGood { get; init; }

    /// <summary>Of <see cref="AsGood"/> the one with the fewest operations for <see cref="ExpectedQueries"/>; null where no option is credibly better than always giving one answer.</summary>
    public required AdviceOption? Recommended { get; init; }

    /// <summary>What speaks for the recommendation, a sentence each.</summary>
    public required IReadOnlyList<string> Evidence { get; init; }

    /// <summary>What may be wrong with it, a sentence each.</summary>
    public required IReadOnlyList<string> Doubts { get; init; }

    /// <summary>By how much <paramref name="one"/> is better than <paramref name="other"/>, run by run.</summary>
    public static (double Mean, Interval? Interval) Difference(AdviceOption one, AdviceOption other, ClusterBootstrap bootstrap)
    {
        double[] differences = [.. one.QualityOfRuns.Zip(other.QualityOfRuns, (a, b) => a - b)];
        return (differences.Average(), bootstrap.IntervalOfMean(differences));
    }
}
