using Converge.Cli.Inputs;
using Converge.Engine;
using Converge.Engine.Capture;
using Converge.Engine.Checkpoints;

namespace Converge.Cli.States;

/// <summary>
/// <c>states.safetensors</c> while it is being filled. With the last position: <c>resid_post</c> [prompts, layers, hidden] and
/// <c>final_norm</c> [prompts, hidden]; with all positions, for every prompt, <c>&lt;id&gt;/resid_post</c> [layers, tokens, hidden] and
/// <c>&lt;id&gt;/final_norm</c> [tokens, hidden]. All float32.
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
        _draft = SafetensorsDraft.Create(path, shape.Tensors(), new Dictionary<string, string> { ["layers"] = string.Join(',', shape.Layers) });
    }

    /// <summary>Puts the states of one prompt in their place.</summary>
    public void Write(int prompt, PromptStates states)
    {
        if (_shape.Positions == Positions.All)
        {
            var id = _shape.Prompts[prompt].Id;
            _draft.Write<float>($"{id}/resid_post", 0, states.ResidPost);
            _draft.Write<float>($"{id}/final_norm", 0, states.FinalNorm);
        }
        else
        {
            _draft.Write<float>("resid_post", (long)prompt * states.ResidPost.Length, states.ResidPost);
            _draft.Write<float>("final_norm", (long)prompt * states.FinalNorm.Length, states.FinalNorm);
        }
    }

    /// <summary>Gives the whole file its name.</summary>
    public void Commit() => _draft.Commit();

    public void Dispose() => _draft.Dispose();
}

/// <summary>What a capture keeps.</summary>
/// <param name="Prompts">The prompts, in the order of the file.</param>
/// <param name="Layers">The layers kept, in the order of the file.</param>
/// <param name="Hidden">The width of the residual stream.</param>
/// <param name="Positions">Which positions.</param>
internal sealed record StatesShape(IReadOnlyList<PromptLine> Prompts, IReadOnlyList<int> Layers, int Hidden, Positions Positions)
{
    /// <summary>The tensors' names and shapes.</summary>
    public IEnumerable<TensorSpec> Tensors() => Positions == Positions.All
        ? Prompts.SelectMany(prompt => new[]
        {
            new TensorSpec($"{prompt.Id}/resid_post", "F32", Layers.Count, prompt.Tokens.Length, Hidden),
            new TensorSpec($"{prompt.Id}/final_norm", "F32", prompt.Tokens.Length, Hidden),
        })
        : [new TensorSpec("resid_post", "F32", Prompts.Count, Layers.Count, Hidden), new TensorSpec("final_norm", "F32", Prompts.Count, Hidden)];

    /// <summary>The size of one prompt's states, in bytes.</summary>
    public long BytesOf(PromptLine prompt) => (Positions == Positions.All ? prompt.Tokens.Length : 1L) * (Layers.Count + 1) * Hidden * sizeof(float);

    /// <summary>The size of all states, in bytes.</summary>
    public long Bytes => Prompts.Sum(BytesOf);
}
