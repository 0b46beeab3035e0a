namespace Converge.Engine.Capture;

/// <summary>At which positions of a prompt states are kept.</summary>
public enum Positions
{
    /// <summary>The last token only.</summary>
    Last,

    /// <summary>Every token.</summary>
    All,
}

/// <summary>A continuation of a prompt to be scored.</summary>
/// <param name="Prompt">The index of the prompt.</param>
/// <param name="Tokens">The tokens that would follow it; at least one.</param>
public sealed record Continuation(int Prompt, int[] Tokens);

/// <summary>What to keep of a forward pass.</summary>
public sealed record CaptureRequest
{
    /// <summary>
    /// The residual stream's layers (<c>resid_post</c>): 0 is the embedding, i the output of block i, before the final norm. Null: all of them.
    /// </summary>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <summary>At which positions.</summary>
    public Positions Positions { get; init; } = Positions.Last;

    /// <summary>Continuations whose log-probability is wanted.</summary>
    public IReadOnlyList<Continuation> Continuations { get; init; } = [];

    /// <summary>Each distinct prefix is computed once. Off only to show that it changes no bit.</summary>
    public bool SharePrefixes { get; init; } = true;
}
