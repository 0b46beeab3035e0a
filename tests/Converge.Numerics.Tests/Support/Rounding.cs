namespace Converge.Numerics.Tests.Support;

/// <summary>The size of a rounding.</summary>
internal static class Rounding
{
    /// <summary>Half the distance between 1 and the next float32: the relative error of one operation.</summary>
    public const double Single = 1.0 / (1 << 24);

    /// <summary>The same of float64.</summary>
    public const double Double = 1.0 / (1L << 53);
}
