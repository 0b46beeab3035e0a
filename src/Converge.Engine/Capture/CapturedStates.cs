namespace Converge.Engine.Capture;

/// <summary>The states of one prompt, in float32, row-major; what was not asked for is empty. <see cref="CaptureTaps"/> says what each is.</summary>
/// <param name="ResidPost">[layers kept, positions kept, hidden].</param>
/// <param name="FinalNorm">The last layer's output after the final norm, [positions kept, hidden].</param>
public sealed record PromptStates(float[] ResidPost, float[] FinalNorm)
{
    /// <summary>[blocks kept, positions kept, hidden].</summary>
    public float[] AttnOut { get; init; } = [];

    /// <summary>[blocks kept, heads, tokens].</summary>
    public float[] AttnScores { get; init; } = [];

    /// <summary>[blocks kept, positions kept, heads, head width].</summary>
    public float[] Queries { get; init; } = [];

    /// <summary>[blocks kept, positions kept, key-value heads, head width].</summary>
    public float[] Keys { get; init; } = [];

    /// <summary>[vocabulary].</summary>
    public float[] Logits { get; init; } = [];
}

/// <summary>What a forward pass left: states in the order of the prompts, scores in the order of the request's continuations.</summary>
/// <param name="Prompts">The states of every prompt.</param>
/// <param name="LogProbabilities">The natural logarithm of the probability of each continuation, given its prompt.</param>
public sealed record CapturedStates(IReadOnlyList<PromptStates> Prompts, IReadOnlyList<double> LogProbabilities);
