namespace Converge.Engine.Model;

/// <summary>The arithmetic of a pass.</summary>
public enum ComputeMode
{
    /// <summary>Activations and accumulation in float32: the reference.</summary>
    F32,

    /// <summary>Everything in float64, scalar and slow: tells rounding from a bug.</summary>
    F64,
}
