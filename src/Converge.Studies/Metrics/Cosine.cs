namespace Converge.Studies.Metrics;

/// <summary>M1: the cosine of the angle between two states.</summary>
public static class Cosine
{
    /// <summary>
    /// a.b / (|a| |b|), in [-1, 1]; exactly 1 for equal vectors. Null where it is undefined: a vector of zeros, or one with an infinite
    /// or undefined element.
    /// </summary>
    public static double? Of(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double squares = InnerProduct.Of(a, a) * InnerProduct.Of(b, b);
        double cosine = InnerProduct.Of(a, b) / Math.Sqrt(squares);
        return squares > 0 && double.IsFinite(cosine) ? Math.Clamp(cosine, -1, 1) : null;
    }

    /// <summary>The cosine of each query's two states; matrices of equal shape.</summary>
    public static double?[] PerQuery(StateMatrix first, StateMatrix second)
    {
        var values = new double?[first.Rows];
        for (int row = 0; row < values.Length; row++) values[row] = Of(first[row], second[row]);
        return values;
    }
}
