namespace Converge.Engine.Pretraining;

/// <summary>The constants of one update by AdamW (Loshchilov and Hutter, arXiv 1711.05101). Weight decay leaves norms' weights and biases alone.</summary>
/// <param name="LearningRate">The rate of this update.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">Decoupled weight decay.</param>
/// <param name="LargestNorm">Gradients with a larger Euclidean norm, all together, are scaled down to it (Pascanu et al., arXiv 1211.5063).</param>
/// <param name="MuonMomentum">The momentum of Muon (see <see cref="Converge.Numerics.Muon"/>), which then moves the blocks' matrices in AdamW's place; or null.</param>
public sealed record PretrainUpdate(double LearningRate, double Beta1, double Beta2, double Epsilon, double WeightDecay, double LargestNorm, double? MuonMomentum = null);
