using System.Text.Json.Serialization;

namespace Converge.Studies.Conditions;

/// <summary>The answers whose probability is measured after a unit's prompts.</summary>
[JsonDerivedType(typeof(LabelAnswers), "labels")]
[JsonDerivedType(typeof(ReferenceAnswers), "references")]
public abstract record ScoredAnswers
{
    /// <summary>How many answers are scored after each prompt.</summary>
    [JsonIgnore]
    public abstract int PerPrompt { get; }

    /// <summary>The tokens of the answers that are scored after every prompt of a query, in the order in which scores are stored.</summary>
    /// <param name="query">The query's position in its run.</param>
    public abstract IReadOnlyList<int[]> After(int query);

    /// <summary>The tokens of a query's right answer.</summary>
    /// <param name="query">The query's position in its run.</param>
    public abstract int[] RightAnswer(int query);
}

/// <summary>A task with labels: every label is scored after every prompt.</summary>
/// <param name="Words">The label words.</param>
/// <param name="Gold">For each query, the index of its gold label.</param>
/// <param name="Tokens">For each label, the tokens of its answer; the same after every prompt.</param>
public sealed record LabelAnswers(IReadOnlyList<string> Words, IReadOnlyList<int> Gold, IReadOnlyList<int[]> Tokens) : ScoredAnswers
{
    /// <inheritdoc/>
    public override int PerPrompt => Words.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<int[]> After(int query) => Tokens;

    /// <inheritdoc/>
    public override int[] RightAnswer(int query) => Tokens[Gold[query]];
}

/// <summary>A task without labels: a query's own reference is scored after each of its prompts.</summary>
/// <param name="Texts">For each query, its reference answer as it follows a prompt, with the space that precedes it.</param>
/// <param name="Tokens">For each query, the tokens of that answer; the same after each of its prompts.</param>
public sealed record ReferenceAnswers(IReadOnlyList<string> Texts, IReadOnlyList<int[]> Tokens) : ScoredAnswers
{
    /// <inheritdoc/>
    public override int PerPrompt => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<int[]> After(int query) => [Tokens[query]];

    /// <inheritdoc/>
    public override int[] RightAnswer(int query) => Tokens[query];
}
