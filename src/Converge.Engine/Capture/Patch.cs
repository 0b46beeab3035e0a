using Converge.Engine.Model;

namespace Converge.Engine.Capture;

/// <summary>What a patch does to the state that it finds.</summary>
public enum PatchKind
{
    /// <summary>The state becomes the patch's values.</summary>
    Replace,

    /// <summary>The patch's values are added to the state.</summary>
    Add,
}

/// <summary>
/// A change of the residual stream of one prompt during a pass (activation patching; Hendel et al. 2023, arXiv 2310.15916, patch the state of the last token).
/// Everything that is computed from the state afterwards sees the change: later layers, later tokens, the continuations of the prompt, and what the request keeps
/// of that layer and position. The states of other prompts do not change in any bit.
/// </summary>
/// <param name="Prompt">The index of the prompt.</param>
/// <param name="Layer">The layer of <c>resid_post</c> that is changed: 0 the embedding, i the output of block i.</param>
/// <param name="Position">The position in the prompt, from 0.</param>
/// <param name="Values">[hidden].</param>
/// <param name="Kind">Replace or add. Several patches of one place are applied in their order.</param>
public sealed record Patch(int Prompt, int Layer, int Position, float[] Values, PatchKind Kind = PatchKind.Replace)
{
    /// <exception cref="BadInputException">The prompt has no such position, or the model no such layer.</exception>
    /// <exception cref="ArgumentException">There is no such prompt, or the values have another width.</exception>
    internal void Check(IReadOnlyList<Prompt> prompts, ModelConfig config)
    {
        if ((uint)Prompt >= (uint)prompts.Count) throw new ArgumentException($"a patch names prompt {Prompt} of {prompts.Count}", nameof(prompts));
        if (Values.Length != config.HiddenSize) throw new ArgumentException($"a patch has {Values.Length} values, the model's width is {config.HiddenSize}", nameof(config));
        PromptChecks.CheckLayer(Layer, config);
        PromptChecks.CheckPosition(prompts[Prompt], Position);
    }
}
