namespace Converge.Studies.Conditions;

/// <summary>A token of a demonstration, in both places where a unit reads it (M8).</summary>
/// <param name="InContext">Its position in the ICL prompts, which all of a unit's begin alike up to there.</param>
/// <param name="Row">The tuning row.</param>
/// <param name="InRow">Its position in that row.</param>
public readonly record struct TrainingToken(int InContext, int Row, int InRow);
