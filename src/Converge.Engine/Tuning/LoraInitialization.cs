using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Tuning;

/// <summary>Fresh adapters.</summary>
public static class LoraInitialization
{
    /// <summary>
    /// PEFT's default: A uniform in +-1/sqrt(in) (Kaiming's bound with a = sqrt(5), He et al., arXiv 1502.01852), B zero, so that the adapter starts as no
    /// change at all. Every element is a function of (seed, block, linear layer, element) alone.
    /// </summary>
    public static LoraAdapter Create(LoraRecipe recipe, ModelConfig config, ulong seed)
    {
        if (recipe.Rank < 1) throw new ArgumentOutOfRangeException(nameof(recipe), recipe.Rank, "the rank is at least 1");
        return new LoraAdapter(recipe, [.. Enumerable.Range(0, config.Layers).Select(layer =>
            (IReadOnlyDictionary<LinearLayer, LoraPair>)recipe.Targets.Distinct().ToDictionary(target => target, target => Pair(recipe.Rank, target, config, seed, layer)))]);
    }

    private static LoraPair Pair(int rank, LinearLayer target, ModelConfig config, ulong seed, int layer)
    {
        var (output, input) = target.Shape(config);
        double bound = 1 / Math.Sqrt(input);
        ulong stream = ((ulong)layer << 8) | (ulong)target;
        var a = new float[rank * input];
        for (int i = 0; i < a.Length; i++) a[i] = (float)((2 * Philox.UniformAt(seed, stream, (ulong)i) - 1) * bound);
        return new LoraPair(a, new float[output * rank]);
    }
}
