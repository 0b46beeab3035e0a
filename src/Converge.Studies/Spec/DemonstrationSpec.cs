using System.Text.Json.Serialization;

namespace Converge.Studies.Spec;

/// <summary>Which demonstrations a run has, shown in the ICL prompt and tuned on alike.</summary>
/// <param name="Count">k, the number of demonstrations; at least 1.</param>
/// <param name="Balance">
/// Every label equally often (where k is no multiple of the number of labels, as nearly as possible). Off, the draw is plainly random, as
/// METHOD assumes of the paper, and a run may show one label only. A task without labels is always drawn plainly.
/// </param>
public sealed record DemonstrationSpec(int Count, bool Balance)
{
    /// <summary>The task that lends the demonstrations (F2); null: the query's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Task { get; init; }

    /// <summary>By what the pool's examples are chosen (F3).</summary>
    public DemonstrationSelection Selection { get; init; }

    /// <summary>What similarity is measured on, where examples are chosen by it.</summary>
    public TextEmbedding Embedding { get; init; }

    /// <summary>The answers that they carry (F1).</summary>
    public AnswerSource Labels { get; init; }

    /// <summary>The share of wrong answers where <see cref="Labels"/> is <see cref="AnswerSource.Wrong"/>, in [0, 1].</summary>
    public double WrongFraction { get; init; } = 1;

    /// <summary>Their order (F10): 0 as drawn, n the run's n-th other permutation.</summary>
    public int Order { get; init; }

    /// <summary>What of each is shown (F11).</summary>
    public DemonstrationContent Content { get; init; }

    /// <summary>The task whose texts stand in for the inputs where <see cref="Content"/> is <see cref="DemonstrationContent.OtherInputs"/>; else null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? InputsFrom { get; init; }
}

/// <summary>By what demonstrations are chosen from the pool.</summary>
public enum DemonstrationSelection
{
    /// <summary>By lot.</summary>
    Random,

    /// <summary>The most similar to the run's queries, on average over them.</summary>
    Nearest,

    /// <summary>The least similar to the run's queries, on average over them.</summary>
    Farthest,
}

/// <summary>What the similarity of two texts is measured on.</summary>
public enum TextEmbedding
{
    /// <summary>Words weighted by their rarity in the pool; the same for all models.</summary>
    Tfidf,

    /// <summary>The model's own states, averaged over the text's tokens.</summary>
    MeanState,
}

/// <summary>Where the answers of demonstrations come from.</summary>
public enum AnswerSource
{
    /// <summary>The data.</summary>
    Gold,

    /// <summary>A share of them is exchanged for wrong ones.</summary>
    Wrong,

    /// <summary>All are drawn by lot, the right one included.</summary>
    Random,
}

/// <summary>What of a demonstration is shown.</summary>
public enum DemonstrationContent
{
    /// <summary>Input and answer.</summary>
    Full,

    /// <summary>The input without its answer.</summary>
    NoLabel,

    /// <summary>The answer without an input.</summary>
    NoInput,

    /// <summary>As many random words of the pool in place of the input's, and the answer.</summary>
    RandomWords,

    /// <summary>A text of another task in place of the input, and the answer.</summary>
    OtherInputs,
}
