using System.Numerics;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Capture;

/// <summary>The patches of one pass.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class ResidualPatches<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ILookup<int, Patch> _byLayer;
    private readonly ILookup<int, int> _sequencesOf;

    /// <param name="owners">For each sequence of the pass, the index of its prompt: a continuation is patched as its prompt is.</param>
    /// <param name="patches">The patches; those of other prompts are left aside.</param>
    public ResidualPatches(int[] owners, IReadOnlyList<Patch> patches)
    {
        _sequencesOf = Enumerable.Range(0, owners.Length).ToLookup(sequence => owners[sequence]);
        var own = patches.Where(patch => _sequencesOf.Contains(patch.Prompt)).ToList();
        _byLayer = own.ToLookup(patch => patch.Layer);
        var from = own.GroupBy(patch => patch.Prompt).ToDictionary(group => group.Key, group => group.Min(patch => patch.Position));
        Apart = [.. owners.Select(prompt => from.TryGetValue(prompt, out int first) ? new Apartness(first, prompt + 1) : Apartness.None)];
    }

    /// <summary>For each sequence, from where on its rows are its prompt's own: from its first patch on.</summary>
    public Apartness[] Apart { get; }

    /// <summary>Changes x [tokens, hidden], the output of layer <paramref name="layer"/>.</summary>
    public void Apply(int layer, PromptForest forest, MatrixView<T> x)
    {
        foreach (var patch in _byLayer[layer])
        {
            // A prompt and its continuations may share the row or have one each.
            foreach (int row in _sequencesOf[patch.Prompt].Select(sequence => forest.Rows(sequence)[patch.Position]).Distinct())
            {
                var state = x.Row(row);
                for (int i = 0; i < state.Length; i++)
                {
                    var value = T.CreateTruncating(patch.Values[i]);
                    state[i] = patch.Kind == PatchKind.Add ? state[i] + value : value;
                }
            }
        }
    }
}
