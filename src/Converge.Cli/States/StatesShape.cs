using Converge.Cli.Inputs;
using Converge.Cli.Options;
using Converge.Engine.Capture;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;

namespace Converge.Cli.States;

/// <summary>What a capture keeps, and how it lies in the file.</summary>
/// <param name="Prompts">The prompts, in the order of the file.</param>
/// <param name="Config">The model's shape.</param>
/// <param name="Request">What is asked of the engine.</param>
/// <param name="FinalNorm">Whether the file has <c>final_norm</c>.</param>
internal sealed record StatesShape(IReadOnlyList<PromptLine> Prompts, ModelConfig Config, CaptureRequest Request, bool FinalNorm)
{
    /// <summary>The layers kept, in the order of the file.</summary>
    public IReadOnlyList<int> Layers { get; } = Request.LayersOf(Config);

    /// <summary>The blocks that attention's taps keep, in the order of the file.</summary>
    public IReadOnlyList<int> Blocks { get; } = Request.BlocksOf(Config);

    /// <summary>Whether a tap has a tensor for every prompt, named <c>id/tap</c>, rather than one over all prompts: its size depends on the prompt's length.</summary>
    public bool IsPerPrompt(string tap) => Request.Positions == Positions.All || tap == "attn_scores";

    /// <summary>The taps in the file with the shape of one prompt's values.</summary>
    public IEnumerable<(string Tap, long[] Shape)> TapsOf(PromptLine prompt)
    {
        long[] positions = Request.Positions == Positions.All ? [prompt.Tokens.Length] : [];
        foreach (var (name, tap) in TapSelection.Names)
        {
            if (!Request.Keeps(tap)) continue;
            yield return (name, tap switch
            {
                CaptureTaps.ResidPost => [Layers.Count, .. positions, Config.HiddenSize],
                CaptureTaps.AttnOut => [Blocks.Count, .. positions, Config.HiddenSize],
                CaptureTaps.AttnScores => [Blocks.Count, Config.Heads, prompt.Tokens.Length],
                CaptureTaps.Queries => [Blocks.Count, .. positions, Config.Heads, Config.HeadDim],
                CaptureTaps.Keys => [Blocks.Count, .. positions, Config.KeyValueHeads, Config.HeadDim],
                _ => [Config.VocabSize],
            });
        }
        if (FinalNorm) yield return ("final_norm", [.. positions, Config.HiddenSize]);
    }

    /// <summary>The tensors' names and shapes.</summary>
    public IEnumerable<TensorSpec> Tensors()
    {
        var joined = TapsOf(Prompts[0]).Where(tap => !IsPerPrompt(tap.Tap)).Select(tap => new TensorSpec(tap.Tap, "F32", [Prompts.Count, .. tap.Shape]));
        return joined.Concat(Prompts.SelectMany(prompt => TapsOf(prompt).Where(tap => IsPerPrompt(tap.Tap)).Select(tap => new TensorSpec($"{prompt.Id}/{tap.Tap}", "F32", tap.Shape))));
    }

    /// <summary>The size of one prompt's states, in bytes.</summary>
    public long BytesOf(PromptLine prompt) => TapsOf(prompt).Sum(tap => tap.Shape.Aggregate(1L, (product, size) => product * size)) * sizeof(float);

    /// <summary>The size of all states, in bytes.</summary>
    public long Bytes => Prompts.Sum(BytesOf);
}
