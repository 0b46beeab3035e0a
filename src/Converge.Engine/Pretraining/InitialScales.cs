namespace Converge.Engine.Pretraining;

/// <summary>Standard deviations of fresh weights; norms' weights start at 1 and biases at 0.</summary>
/// <param name="Embedding">Of the embedding's elements (and of an untied head's).</param>
/// <param name="Linear">Of a linear layer's elements, times the root of its input width.</param>
/// <param name="Residual">The same for o_proj and down_proj, which write to the residual stream; also times the root of twice the number of layers (Radford et al. 2019, section 2.3).</param>
public sealed record InitialScales(double Embedding, double Linear, double Residual);
