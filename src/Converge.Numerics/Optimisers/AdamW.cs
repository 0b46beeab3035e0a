using System.Numerics;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>One update of AdamW (Loshchilov and Hutter, arXiv 1711.05101), in PyTorch's order of operations.</summary>
public static class AdamW
{
    // What a thread takes at a time: half a megabyte of parameters, gradients and moments.
    private const int PieceLength = 1 << 15;

    /// <summary>The constants of an update.</summary>
    /// <param name="LearningRate">The rate of this step.</param>
    /// <param name="Beta1">Decay of the first moment.</param>
    /// <param name="Beta2">Decay of the second moment.</param>
    /// <param name="Epsilon">Added to the root of the second moment.</param>
    /// <param name="WeightDecay">Decoupled weight decay.</param>
    public readonly record struct Settings(double LearningRate, double Beta1, double Beta2, double Epsilon, double WeightDecay);

    /// <summary>Updates <paramref name="parameters"/> and both moments from <paramref name="gradients"/>; <paramref name="step"/> counts from 1.</summary>
    public static unsafe void Update<T>(Span<T> parameters, ReadOnlySpan<T> gradients, Span<T> first, Span<T> second, int step, Settings settings) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (gradients.Length != parameters.Length || first.Length != parameters.Length || second.Length != parameters.Length) throw new ArgumentException("the lengths differ", nameof(gradients));
        fixed (T* p = parameters, g = gradients, m = first, v = second) Run(p, g, m, v, parameters.Length, new Constants<T>(step, settings));
    }

    /// <summary>The same on all threads, for four matrices of one shape.</summary>
    public static unsafe void Update<T>(WorkPool pool, Matrix<T> parameters, Matrix<T> gradients, Matrix<T> first, Matrix<T> second, int step, Settings settings)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ReadOnlySpan<Matrix<T>> others = [gradients, first, second];
        foreach (var other in others)
            if ((other.Rows, other.Columns) != (parameters.Rows, parameters.Columns)) throw new ArgumentException("the shapes differ", nameof(gradients));
        long count = (long)parameters.Rows * parameters.Columns;
        var constants = new Constants<T>(step, settings);
        var (p, g, m, v) = ((nint)parameters.View.Data, (nint)gradients.View.Data, (nint)first.View.Data, (nint)second.View.Data);
        pool.For(checked((int)((count + PieceLength - 1) / PieceLength)), (p, g, m, v, count, constants), static (all, piece) =>
        {
            long start = (long)piece * PieceLength;
            Run((T*)all.p + start, (T*)all.g + start, (T*)all.m + start, (T*)all.v + start, (int)Math.Min(PieceLength, all.count - start), all.constants);
        });
    }

    private static unsafe void Run<T>(T* p, T* g, T* m, T* v, int n, in Constants<T> c) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var path = typeof(T) == typeof(float) ? SimdPaths.Current : SimdPath.Scalar;
        if (path == SimdPath.Avx512) AdamWVector<Vector512<float>, Simd512>.Run((float*)p, (float*)g, (float*)m, (float*)v, n, c.ToSingle());
        else if (path == SimdPath.Avx2) AdamWVector<Vector256<float>, Simd256>.Run((float*)p, (float*)g, (float*)m, (float*)v, n, c.ToSingle());
        else if (path == SimdPath.Vector128) AdamWVector<Vector128<float>, Simd128>.Run((float*)p, (float*)g, (float*)m, (float*)v, n, c.ToSingle());
        else
        {
            for (int i = 0; i < n; i++)
            {
                m[i] = c.Beta1 * m[i] + c.Keep1 * g[i];
                v[i] = c.Beta2 * v[i] + c.Keep2 * g[i] * g[i];
                p[i] = p[i] * c.Decay - c.Rate * m[i] / (T.Sqrt(v[i]) / c.Root + c.Epsilon);
            }
        }
    }

    /// <summary>What is the same for all elements.</summary>
    internal readonly record struct Constants<T>(T Beta1, T Beta2, T Keep1, T Keep2, T Decay, T Epsilon, T Rate, T Root) where T : unmanaged, IFloatingPointIeee754<T>
    {
        public Constants(int step, Settings settings) : this(
            T.CreateTruncating(settings.Beta1), T.CreateTruncating(settings.Beta2), T.CreateTruncating(1 - settings.Beta1), T.CreateTruncating(1 - settings.Beta2),
            T.CreateTruncating(1 - settings.LearningRate * settings.WeightDecay), T.CreateTruncating(settings.Epsilon),
            T.CreateTruncating(settings.LearningRate / (1 - Math.Pow(settings.Beta1, step))), T.CreateTruncating(Math.Sqrt(1 - Math.Pow(settings.Beta2, step))))
        {
        }

        public Constants<float> ToSingle() => new(
            float.CreateTruncating(Beta1), float.CreateTruncating(Beta2), float.CreateTruncating(Keep1), float.CreateTruncating(Keep2), float.CreateTruncating(Decay),
            float.CreateTruncating(Epsilon), float.CreateTruncating(Rate), float.CreateTruncating(Root));
    }
}
