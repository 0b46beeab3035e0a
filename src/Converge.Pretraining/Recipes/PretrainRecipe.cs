using Converge.Engine.Model;
using Converge.Engine.Pretraining;

namespace Converge.Pretraining.Recipes;

/// <summary>A pretraining, from the tokenizer to the last update.</summary>
internal sealed record PretrainRecipe
{
    /// <summary>The recipe's file.</summary>
    public required string File { get; init; }

    /// <summary>The model's name.</summary>
    public required string Name { get; init; }

    /// <summary>The seed of weights and documents.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The tokenizer.</summary>
    public required TokenizerRecipe Tokenizer { get; init; }

    /// <summary>The model's shape; the vocabulary is the tokenizer's.</summary>
    public required ModelConfig Model { get; init; }

    /// <summary>Fresh weights.</summary>
    public required InitialScales Initial { get; init; }

    /// <summary>The optimiser's constants; the rate is the highest.</summary>
    public required PretrainUpdate Optimiser { get; init; }

    /// <summary>The learning rate's course.</summary>
    public required RateSchedule Schedule { get; init; }

    /// <summary>Tokens in an update, at most.</summary>
    public required int BatchTokens { get; init; }

    /// <summary>Longer documents are cut to this many tokens.</summary>
    public required int LongestDocument { get; init; }

    /// <summary>The loss is the mean over answers plus this times the mean over all other tokens.</summary>
    public required double OtherTokens { get; init; }

    /// <summary>The stages, in order.</summary>
    public required IReadOnlyList<PretrainStage> Stages { get; init; }
}

/// <summary>How the tokenizer is trained.</summary>
/// <param name="Vocabulary">The number of tokens.</param>
/// <param name="Documents">The number of documents of the last stage that its merges are counted on.</param>
/// <param name="Seed">The seed of those documents: recipes that differ in their seed alone share a tokenizer.</param>
internal sealed record TokenizerRecipe(int Vocabulary, int Documents, ulong Seed);

/// <summary>A linear warm-up, a plateau, and in the last stage a cosine down (Loshchilov and Hutter, arXiv 1608.03983).</summary>
/// <param name="WarmUp">Updates until the highest rate.</param>
/// <param name="DecayFrom">The share of the last stage after which the rate falls.</param>
/// <param name="Final">The last rate, as a share of the highest.</param>
internal sealed record RateSchedule(int WarmUp, double DecayFrom, double Final)
{
    /// <summary>The rate as a share of the highest.</summary>
    /// <param name="update">From 1.</param>
    /// <param name="lastStage">How much of the last stage is done, 0 before it.</param>
    public double At(int update, double lastStage)
    {
        double warm = Math.Min(1, update / (double)WarmUp);
        if (lastStage <= DecayFrom) return warm;
        double done = Math.Min(1, (lastStage - DecayFrom) / (1 - DecayFrom));
        return warm * (Final + (1 - Final) * 0.5 * (1 + Math.Cos(Math.PI * done)));
    }
}
