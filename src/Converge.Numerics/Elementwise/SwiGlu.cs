using System.Numerics;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>The gated unit of the feed-forward network (Shazeer, arXiv 2002.05202): silu(gate) * up, silu(g) = g / (1 + exp(-g)).</summary>
public static class SwiGlu
{
    /// <summary>output = silu(gate) * up; all [tokens, intermediate]; output may be one of the inputs.</summary>
    public static unsafe void Forward<T>(WorkPool pool, MatrixView<T> gate, MatrixView<T> up, MatrixView<T> output) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var path = typeof(T) == typeof(float) ? SimdPaths.Current : SimdPath.Scalar;
        RowBlocks.ForEach(pool, gate.Rows, (gate, up, output, path), static (all, row) =>
        {
            var (path, n) = (all.path, all.gate.Columns);
            T* g = all.gate.RowPointer(row);
            T* u = all.up.RowPointer(row);
            T* target = all.output.RowPointer(row);
            if (path == SimdPath.Avx512) SwiGluVector<Vector512<float>, Simd512>.Forward((float*)g, (float*)u, (float*)target, n);
            else if (path == SimdPath.Avx2) SwiGluVector<Vector256<float>, Simd256>.Forward((float*)g, (float*)u, (float*)target, n);
            else if (path == SimdPath.Vector128) SwiGluVector<Vector128<float>, Simd128>.Forward((float*)g, (float*)u, (float*)target, n);
            else
            {
                for (int i = 0; i < n; i++) target[i] = g[i] / (T.One + T.Exp(-g[i])) * u[i];
            }
        });
    }

    /// <summary>dGate and dUp are set from dOutput; either may be one of the inputs.</summary>
    public static unsafe void Backward<T>(WorkPool pool, MatrixView<T> gate, MatrixView<T> up, MatrixView<T> dOutput, MatrixView<T> dGate, MatrixView<T> dUp)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var path = typeof(T) == typeof(float) ? SimdPaths.Current : SimdPath.Scalar;
        RowBlocks.ForEach(pool, gate.Rows, (gate, up, dOutput, dGate, dUp, path), static (all, row) =>
        {
            var (path, n) = (all.path, all.gate.Columns);
            T* g = all.gate.RowPointer(row);
            T* u = all.up.RowPointer(row);
            T* d = all.dOutput.RowPointer(row);
            T* toGate = all.dGate.RowPointer(row);
            T* toUp = all.dUp.RowPointer(row);
            if (path == SimdPath.Avx512) SwiGluVector<Vector512<float>, Simd512>.Backward((float*)g, (float*)u, (float*)d, (float*)toGate, (float*)toUp, n);
            else if (path == SimdPath.Avx2) SwiGluVector<Vector256<float>, Simd256>.Backward((float*)g, (float*)u, (float*)d, (float*)toGate, (float*)toUp, n);
            else if (path == SimdPath.Vector128) SwiGluVector<Vector128<float>, Simd128>.Backward((float*)g, (float*)u, (float*)d, (float*)toGate, (float*)toUp, n);
            else Gradient(g, u, d, toGate, toUp, n);
        });
    }

    private static unsafe void Gradient<T>(T* gate, T* up, T* dOutput, T* dGate, T* dUp, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < n; i++)
        {
            T sigmoid = T.One / (T.One + T.Exp(-gate[i])), upper = dOutput[i], toUp = upper * (gate[i] * sigmoid);
            dGate[i] = upper * up[i] * sigmoid * (T.One + gate[i] * (T.One - sigmoid));
            dUp[i] = toUp;
        }
    }
}
