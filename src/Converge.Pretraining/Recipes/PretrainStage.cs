namespace Converge.Pretraining.Recipes;

/// <summary>A stage of the training.</summary>
/// <param name="Name">A name for the log.</param>
/// <param name="Tokens">The most tokens it takes.</param>
/// <param name="Mixture">What it reads.</param>
/// <param name="Until">What ends it earlier, or null.</param>
internal sealed record PretrainStage(string Name, long Tokens, CorpusMixture Mixture, StageGate? Until);

/// <summary>Ends a stage once something is learnt: so that a run which learns more slowly gets the time that it needs.</summary>
/// <param name="Kind">Documents of this kind, or whose kind begins or ends with it: <c>copy</c>, <c>random</c>, <c>words/random</c>.</param>
/// <param name="Loss">The mean cross-entropy of their answers, in nats a token, below which the stage ends.</param>
internal sealed record StageGate(string Kind, double Loss)
{
    /// <summary>Whether a document of this kind counts.</summary>
    public bool Counts(string kind) => kind == Kind || kind.StartsWith(Kind + "/", StringComparison.Ordinal) || kind.EndsWith("/" + Kind, StringComparison.Ordinal);
}
