using System.Numerics;

namespace Converge.Numerics;

/// <summary>A row times a number.</summary>
public static class RowScale
{
    /// <summary>values[i] *= factor.</summary>
    public static void MultiplyBy<T>(this Span<T> values, T factor) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        for (; i + Vector<T>.Count <= values.Length; i += Vector<T>.Count) (new Vector<T>(values[i..]) * factor).CopyTo(values[i..]);
        for (; i < values.Length; i++) values[i] *= factor;
    }
}
