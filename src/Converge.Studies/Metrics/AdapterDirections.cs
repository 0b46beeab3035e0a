namespace Converge.Studies.Metrics;

/// <summary>The directions that a LoRA update writes into: the left singular vectors of B A.</summary>
/// <param name="Layer">The block, from 1.</param>
/// <param name="Target">The adapted linear layer, for example <c>q_proj</c>.</param>
/// <param name="Outputs">Its number of outputs.</param>
/// <param name="Vectors">[directions, outputs], orthonormal; as many directions as the update has rank, none where it is zero.</param>
public sealed record AdapterDirections(int Layer, string Target, int Outputs, float[] Vectors);
