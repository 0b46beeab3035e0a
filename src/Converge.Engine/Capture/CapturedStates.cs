namespace Converge.Engine.Capture;

/// <summary>The states of one prompt, in float32.</summary>
/// <param name="ResidPost">Row-major [layers kept, positions kept, hidden].</param>
/// <param name="FinalNorm">The last layer's output after the final norm, row-major [positions kept, hidden].</param>
public sealed record PromptStates(float[] ResidPost, float[] FinalNorm);

/// <summary>What a forward pass left: states in the order of the prompts, scores in the order of the request's continuations.</summary>
/// <param name="Prompts">The states of every prompt.</param>
/// <param name="LogProbabilities">The natural logarithm of the probability of each continuation, given its prompt.</param>
public sealed record CapturedStates(IReadOnlyList<PromptStates> Prompts, IReadOnlyList<double> LogProbabilities);
