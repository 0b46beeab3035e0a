using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>The sum of the squares of a matrix's elements, in double precision.</summary>
public static class SumOfSquares
{
    private const int Lanes = 16;

    /// <summary>
    /// Lane l sums the squares of the elements l, l + 16, l + 32, ... in order, and the lanes are added in order. No product is fused into its sum, so that
    /// every processor gives the same bits.
    /// </summary>
    public static unsafe double Of<T>(Matrix<T> matrix) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* values = matrix.View.Data;
        long count = (long)matrix.Rows * matrix.Columns, i = 0;
        var (a, b, c, d) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
        for (; i + Lanes <= count; i += Lanes)
        {
            var (first, second) = Load(values + i);
            var (third, fourth) = Load(values + i + Lanes / 2);
            a += first * first;
            b += second * second;
            c += third * third;
            d += fourth * fourth;
        }
        double* lanes = stackalloc double[Lanes];
        a.Store(lanes);
        b.Store(lanes + 4);
        c.Store(lanes + 8);
        d.Store(lanes + 12);
        for (int lane = 0; i < count; lane++, i++)
        {
            double value = double.CreateTruncating(values[i]);
            lanes[lane] += value * value;
        }
        double sum = 0;
        for (int lane = 0; lane < Lanes; lane++) sum += lanes[lane];
        return sum;
    }

    // Eight elements.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe (Vector256<double>, Vector256<double>) Load<T>(T* values) where T : unmanaged =>
        typeof(T) == typeof(float) ? Vector256.Widen(Vector256.Load((float*)values)) : (Vector256.Load((double*)values), Vector256.Load((double*)values + 4));
}
