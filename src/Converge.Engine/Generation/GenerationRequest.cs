namespace Converge.Engine.Generation;

/// <summary>How far prompts are continued. The token of the greatest logit always follows; of equal ones, that of the smallest id.</summary>
public sealed record GenerationRequest
{
    /// <summary>The most tokens added to a prompt, at least 1.</summary>
    public required int MaxNewTokens { get; init; }

    /// <summary>Tokens that end a continuation (EOS); they are not part of it.</summary>
    public IReadOnlySet<int> StopTokens { get; init; } = new HashSet<int>();

    /// <summary>Whether a continuation ends here: asked after every token, with the index of the prompt and the tokens so far; null: never.</summary>
    public Func<int, IReadOnlyList<int>, bool>? Stop { get; init; }
}

/// <summary>Why a continuation ended.</summary>
public enum StopReason
{
    /// <summary>One of the stop tokens followed.</summary>
    StopToken,

    /// <summary>The request's condition held.</summary>
    Condition,

    /// <summary>It has as many tokens as were asked for, or the model has no further position.</summary>
    Length,
}

/// <summary>How a prompt was continued.</summary>
/// <param name="Tokens">The new tokens, without a stop token.</param>
/// <param name="Reason">Why it ends there.</param>
public sealed record GeneratedTokens(int[] Tokens, StopReason Reason);
