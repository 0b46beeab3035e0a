namespace Converge.Pretraining.Training;

/// <summary>What is logged of some updates.</summary>
/// <param name="Update">The last of them, from 1.</param>
/// <param name="Stage">Their stage.</param>
/// <param name="Tokens">Tokens of the whole training up to it.</param>
/// <param name="LearningRate">Its rate.</param>
/// <param name="GradientNorm">Its gradient's norm before clipping.</param>
/// <param name="Answers">Mean cross-entropy of all answers, in nats a token; null without any.</param>
/// <param name="Other">Mean cross-entropy of all other tokens; null where they do not count in training, so that it is not computed.</param>
/// <param name="ByKind">Mean cross-entropy of answers by kind of document.</param>
/// <param name="Validation">The loss on held-out documents (answers, other tokens), where it was measured.</param>
public sealed record TrainingRecord(
    int Update, string Stage, long Tokens, double LearningRate, double GradientNorm, double? Answers, double? Other, IReadOnlyDictionary<string, double> ByKind, ValidationLoss? Validation);

/// <summary>The mean cross-entropy on held-out documents, in nats a token.</summary>
/// <param name="Answers">Over answers; null without any.</param>
/// <param name="Other">Over other tokens; null without any.</param>
public sealed record ValidationLoss(double? Answers, double? Other);
