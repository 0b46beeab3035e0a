namespace Converge.Studies.Metrics;

/// <summary>What a pass showed of one condition beside its states, query by query; too large to be stored, so that only what is measured on it is.</summary>
/// <param name="Tokens">The tokens of every query's prompt.</param>
/// <param name="AttentionOutputs">For every query [blocks, hidden]: the last token's self-attention output; empty where not asked for.</param>
/// <param name="AttentionScores">For every query [blocks, heads, tokens]: the last token's scores before the softmax; empty where not asked for.</param>
/// <param name="Logits">For every query [vocabulary]: the last token's; empty where not asked for.</param>
public sealed record ConditionProbe(IReadOnlyList<int[]> Tokens, IReadOnlyList<float[]> AttentionOutputs, IReadOnlyList<float[]> AttentionScores, IReadOnlyList<float[]> Logits);
