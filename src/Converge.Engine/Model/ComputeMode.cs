using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>The arithmetic of a pass.</summary>
public enum ComputeMode
{
    /// <summary>Activations and accumulation in float32: the reference.</summary>
    F32,

    /// <summary>
    /// As float32, but linear layers of the model multiply bfloat16: activations (and weights of other types) are rounded once to it, products are added up in float32.
    /// Adapters, and weight gradients of full tuning, stay in float32.
    /// </summary>
    BF16,

    /// <summary>Everything in float64, scalar and slow: tells rounding from a bug.</summary>
    F64,
}

/// <summary>What a mode means to the kernels.</summary>
internal static class ComputeModes
{
    /// <summary>How linear layers multiply.</summary>
    public static Products Products(this ComputeMode mode) => mode == ComputeMode.BF16 ? Numerics.Products.BFloat16 : Numerics.Products.Exact;
}
