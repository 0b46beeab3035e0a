using Converge.Engine.Pretraining;

namespace Converge.Pretraining.Training;

/// <summary>The documents of an update.</summary>
/// <param name="Documents">The documents.</param>
internal sealed record TrainingBatch(IReadOnlyList<EncodedDocument> Documents)
{
    /// <summary>Tokens run through the model.</summary>
    public int Tokens { get; } = Documents.Sum(document => document.Tokens.Length);

    /// <summary>The sequences; the factors make the loss the mean over answers plus <paramref name="otherTokens"/> times the mean over other tokens.</summary>
    public IReadOnlyList<TrainingSequence> Sequences(double otherTokens)
    {
        int answers = Documents.Sum(document => document.IsAnswer.Count(isAnswer => isAnswer)), others = Tokens - Documents.Count - answers;
        double answer = 1.0 / Math.Max(1, answers), other = otherTokens / Math.Max(1, others);
        return [.. Documents.Select(document => new TrainingSequence(document.Tokens, [.. document.IsAnswer.Select(isAnswer => isAnswer ? answer : other)]))];
    }
}
