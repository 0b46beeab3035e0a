using Converge.Engine.Model;

namespace Converge.Engine.Tuning;

/// <summary>The hyper-parameters of a LoRA adapter (Hu et al., arXiv 2106.09685), with PEFT's meaning.</summary>
/// <param name="Rank">r, at least 1.</param>
/// <param name="Alpha">alpha: the update is (alpha / r) B A x.</param>
/// <param name="Dropout">The probability with which an element of the adapter's input is dropped in tuning.</param>
/// <param name="Targets">The linear layers that carry an adapter, in every block.</param>
public sealed record LoraRecipe(int Rank, double Alpha, double Dropout, IReadOnlyList<LinearLayer> Targets)
{
    /// <summary>The factor alpha / r.</summary>
    public double Scale => Alpha / Rank;
}

/// <summary>One adapted linear layer.</summary>
/// <param name="A">Down, row-major [rank, in].</param>
/// <param name="B">Up, row-major [out, rank].</param>
public sealed record LoraPair(float[] A, float[] B);

/// <summary>A LoRA adapter's values, in float32: what is read from and written to PEFT's files.</summary>
/// <param name="Recipe">The hyper-parameters.</param>
/// <param name="Blocks">For every block, the pair of each of the recipe's targets.</param>
public sealed record LoraAdapter(LoraRecipe Recipe, IReadOnlyList<IReadOnlyDictionary<LinearLayer, LoraPair>> Blocks);
