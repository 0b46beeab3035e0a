using Converge.Engine;
using Converge.Engine.Capture;
using Converge.Engine.Checkpoints;

namespace Converge.Cli.States;

/// <summary>
/// <c>states.safetensors</c> while it is being filled. With the last position a tap is one tensor, [prompts, ...], but for <c>&lt;id&gt;/attn_scores</c>
/// [blocks, heads, tokens] of every prompt; with all positions every prompt has its own: <c>&lt;id&gt;/resid_post</c> [layers, tokens, hidden] and so on. All
/// float32.
/// </summary>
internal sealed class StatesFile : IDisposable
{
    private readonly StatesShape _shape;
    private readonly SafetensorsDraft _draft;

    /// <summary>Reserves the file's room on disk.</summary>
    /// <exception cref="BadInputException">The folder cannot be written or the disk has too little room.</exception>
    public StatesFile(string path, StatesShape shape)
    {
        _shape = shape;
        var metadata = new Dictionary<string, string> { ["layers"] = string.Join(',', shape.Layers) };
        if (shape.Request.KeepsAttention) metadata["blocks"] = string.Join(',', shape.Blocks);
        _draft = SafetensorsDraft.Create(path, shape.Tensors(), metadata);
    }

    /// <summary>Puts the states of one prompt in their place.</summary>
    public void Write(int prompt, PromptStates states)
    {
        foreach (var (tap, _) in _shape.TapsOf(_shape.Prompts[prompt]))
        {
            var values = Values(tap, states);
            if (_shape.IsPerPrompt(tap)) _draft.Write<float>($"{_shape.Prompts[prompt].Id}/{tap}", 0, values);
            else _draft.Write<float>(tap, (long)prompt * values.Length, values);
        }
    }

    /// <summary>Gives the whole file its name.</summary>
    public void Commit() => _draft.Commit();

    public void Dispose() => _draft.Dispose();

    private static float[] Values(string tap, PromptStates states) => tap switch
    {
        "resid_post" => states.ResidPost,
        "attn_out" => states.AttnOut,
        "attn_scores" => states.AttnScores,
        "q" => states.Queries,
        "k" => states.Keys,
        "logits" => states.Logits,
        _ => states.FinalNorm,
    };
}
