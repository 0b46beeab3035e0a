namespace Converge.Engine.Tuning;

/// <summary>Which rows of a batch predict which tokens, and how much each prediction counts.</summary>
/// <param name="Rows">Rows of the batch.</param>
/// <param name="Tokens">The token that follows each row.</param>
/// <param name="Factors">The factor of each cross-entropy in the sum that is differentiated.</param>
internal sealed record LossTargets(int[] Rows, int[] Tokens, double[] Factors);
