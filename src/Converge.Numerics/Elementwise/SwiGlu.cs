using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>The gated unit of the feed-forward network (Shazeer, arXiv 2002.05202): silu(gate) * up, silu(g) = g / (1 + exp(-g)).</summary>
public static class SwiGlu
{
    /// <summary>output = silu(gate) * up; all [tokens, intermediate]; output may be one of the inputs.</summary>
    public static unsafe void Forward<T>(WorkPool pool, MatrixView<T> gate, MatrixView<T> up, MatrixView<T> output) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var path = typeof(T) == typeof(float) ? SimdPaths.Current : SimdPath.Scalar;
        int n = gate.Columns;
        RowBlocks.ForEach(pool, gate.Rows, row =>
        {
            T* g = gate.RowPointer(row);
            T* u = up.RowPointer(row);
            T* target = output.RowPointer(row);
            if (path == SimdPath.Avx512) Row<Vector512<float>, Simd512>((float*)g, (float*)u, (float*)target, n);
            else if (path == SimdPath.Avx2) Row<Vector256<float>, Simd256>((float*)g, (float*)u, (float*)target, n);
            else if (path == SimdPath.Vector128) Row<Vector128<float>, Simd128>((float*)g, (float*)u, (float*)target, n);
            else
            {
                for (int i = 0; i < n; i++) target[i] = g[i] / (T.One + T.Exp(-g[i])) * u[i];
            }
        });
    }

    /// <summary>dGate and dUp are set from dOutput.</summary>
    public static unsafe void Backward<T>(WorkPool pool, MatrixView<T> gate, MatrixView<T> up, MatrixView<T> dOutput, MatrixView<T> dGate, MatrixView<T> dUp)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int n = gate.Columns;
        RowBlocks.ForEach(pool, gate.Rows, row =>
        {
            T* g = gate.RowPointer(row);
            T* u = up.RowPointer(row);
            T* d = dOutput.RowPointer(row);
            T* toGate = dGate.RowPointer(row);
            T* toUp = dUp.RowPointer(row);
            for (int i = 0; i < n; i++)
            {
                T sigmoid = T.One / (T.One + T.Exp(-g[i])), upper = d[i];
                toGate[i] = upper * u[i] * sigmoid * (T.One + g[i] * (T.One - sigmoid));
                toUp[i] = upper * (g[i] * sigmoid);
            }
        });
    }

    private static unsafe void Row<TVector, TSimd>(float* gate, float* up, float* output, int n)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        int i = 0;
        for (; i + TSimd.Width <= n; i += TSimd.Width) TSimd.Store(Unit<TVector, TSimd>(TSimd.Load(gate + i), TSimd.Load(up + i)), output + i);
        if (i < n) TSimd.StorePartial(Unit<TVector, TSimd>(TSimd.LoadPartial(gate + i, n - i), TSimd.LoadPartial(up + i, n - i)), output + i, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Unit<TVector, TSimd>(TVector gate, TVector up)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        var denominator = TSimd.Add(TSimd.Broadcast(1), TSimd.Exp(TSimd.Subtract(TSimd.Zero, gate)));
        return TSimd.Multiply(TSimd.Divide(gate, denominator), up);
    }
}
