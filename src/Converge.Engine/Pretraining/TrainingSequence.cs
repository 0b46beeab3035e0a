namespace Converge.Engine.Pretraining;

/// <summary>A document to train on, run by itself: no token sees another document.</summary>
/// <param name="Tokens">Token ids, BOS included where the model wants one.</param>
/// <param name="Factors">As long as <paramref name="Tokens"/>: how much the cross-entropy of each token counts in the batch's loss, 0 for none. That of the first token is not used.</param>
public sealed record TrainingSequence(int[] Tokens, double[] Factors);
