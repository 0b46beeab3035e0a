using Converge.Engine.Model;

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
    /// <summary>What is kept beside <c>final_norm</c>, which always is.</summary>
    public CaptureTaps Taps { get; init; } = CaptureTaps.ResidPost;

    /// <summary>
    /// The layers kept of every tap, in this order: of <c>resid_post</c>, 0 is the embedding, i the output of block i, before the final norm; of attention's taps,
    /// i is block i and 0 is left out. Null: all of them.
    /// </summary>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <summary>At which positions.</summary>
    public Positions Positions { get; init; } = Positions.Last;

    /// <summary>For each prompt the positions kept, in this order, in place of <see cref="Positions"/>; null: as that says.</summary>
    public IReadOnlyList<int[]>? PositionLists { get; init; }

    /// <summary>Continuations whose log-probability is wanted.</summary>
    public IReadOnlyList<Continuation> Continuations { get; init; } = [];

    /// <summary>Changes of the residual stream during the pass, of any number of prompts.</summary>
    public IReadOnlyList<Patch> Patches { get; init; } = [];

    /// <summary>Each distinct prefix is computed once. Off only to show that it changes no bit.</summary>
    public bool SharePrefixes { get; init; } = true;

    /// <summary>Whether a tap, or one of several, is asked for.</summary>
    public bool Keeps(CaptureTaps tap) => (Taps & tap) != 0;

    /// <summary>Whether a tap of attention is asked for.</summary>
    public bool KeepsAttention => Keeps(CaptureTaps.AttnOut | CaptureTaps.AttnScores | CaptureTaps.Queries | CaptureTaps.Keys);

    /// <summary>The layers kept of a model of this shape.</summary>
    public IReadOnlyList<int> LayersOf(ModelConfig config) => Layers ?? [.. Enumerable.Range(0, config.Layers + 1)];

    /// <summary>The blocks that attention's taps keep of a model of this shape: the layers without 0.</summary>
    public IReadOnlyList<int> BlocksOf(ModelConfig config) => [.. LayersOf(config).Where(layer => layer > 0)];
}
