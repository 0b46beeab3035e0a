using System.Numerics;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>
/// Rotary position embedding (Su et al., arXiv 2104.09864) in Hugging Face's layout: the pairs are (i, i + d/2), each turned by position times the
/// pair's frequency.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class Rotary<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Matrix<T> _cosines;
    private readonly Matrix<T> _sines;
    private readonly int _half;

    /// <summary>Tables of cosines and sines for every position below <paramref name="positions"/>; angles are computed in double precision.</summary>
    /// <param name="inverseFrequencies">[head width / 2], in radians a position.</param>
    /// <param name="positions">The number of positions.</param>
    public Rotary(double[] inverseFrequencies, int positions)
    {
        _half = inverseFrequencies.Length;
        _cosines = new Matrix<T>(positions, _half);
        _sines = new Matrix<T>(positions, _half);
        for (int position = 0; position < positions; position++)
        {
            for (int i = 0; i < _half; i++)
            {
                var (sine, cosine) = Math.SinCos(position * inverseFrequencies[i]);
                _cosines.View.Row(position)[i] = T.CreateTruncating(cosine);
                _sines.View.Row(position)[i] = T.CreateTruncating(sine);
            }
        }
    }

    /// <summary>Turns every head of x [tokens, heads * d] in place; <paramref name="positions"/> gives each row's position.</summary>
    public void Rotate(WorkPool pool, MatrixView<T> x, int[] positions) => Turn(pool, x, positions, T.One);

    /// <summary>Turns back: the gradient of <see cref="Rotate"/>.</summary>
    public void RotateBack(WorkPool pool, MatrixView<T> x, int[] positions) => Turn(pool, x, positions, -T.One);

    /// <inheritdoc/>
    public void Dispose()
    {
        _cosines.Dispose();
        _sines.Dispose();
    }

    private unsafe void Turn(WorkPool pool, MatrixView<T> x, int[] positions, T direction)
    {
        var path = typeof(T) == typeof(float) ? Path(_half) : SimdPath.Scalar;
        int half = _half, heads = x.Columns / (2 * half);
        var (cosines, sines) = (_cosines.View, _sines.View);
        RowBlocks.ForEach(pool, x.Rows, (x, positions, cosines, sines, path, heads, half, direction), static (turn, row) =>
        {
            var (path, heads, half, direction) = (turn.path, turn.heads, turn.half, turn.direction);
            T* values = turn.x.RowPointer(row);
            T* cosine = turn.cosines.RowPointer(turn.positions[row]);
            T* sine = turn.sines.RowPointer(turn.positions[row]);
            if (path == SimdPath.Avx512) Row<Vector512<float>, Simd512>((float*)values, (float*)cosine, (float*)sine, heads, half, float.CreateTruncating(direction));
            else if (path == SimdPath.Avx2) Row<Vector256<float>, Simd256>((float*)values, (float*)cosine, (float*)sine, heads, half, float.CreateTruncating(direction));
            else if (path == SimdPath.Vector128) Row<Vector128<float>, Simd128>((float*)values, (float*)cosine, (float*)sine, heads, half, float.CreateTruncating(direction));
            else
            {
                for (int head = 0; head < heads; head++) Pairs(values + head * 2 * half, cosine, sine, 0, half, direction);
            }
        });
    }

    // The widest vectors that divide the pairs of a head: heads are often narrower than two vectors, and all widths give the same bits.
    private static SimdPath Path(int half)
    {
        var path = SimdPaths.Current;
        if (path == SimdPath.Avx512 && half % Simd512.Width != 0) path = SimdPath.Avx2;
        if (path == SimdPath.Avx2 && half % Simd256.Width != 0) path = SimdPath.Vector128;
        return path;
    }

    private static unsafe void Row<TVector, TSimd>(float* row, float* cosine, float* sine, int heads, int half, float direction)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        int whole = half / TSimd.Width * TSimd.Width;
        for (int i = 0; i < whole; i += TSimd.Width)
        {
            var (c, s) = (TSimd.Load(cosine + i), TSimd.Multiply(TSimd.Load(sine + i), TSimd.Broadcast(direction)));
            float* first = row + i;
            for (int head = 0; head < heads; head++, first += 2 * half)
            {
                var (a, b) = (TSimd.Load(first), TSimd.Load(first + half));
                TSimd.Store(TSimd.Subtract(TSimd.Multiply(a, c), TSimd.Multiply(b, s)), first);
                TSimd.Store(TSimd.Add(TSimd.Multiply(b, c), TSimd.Multiply(a, s)), first + half);
            }
        }
        if (whole == half) return;
        for (int head = 0; head < heads; head++) Rotary<float>.Pairs(row + head * 2 * half, cosine, sine, whole, half, direction);
    }

    // The reference, for the pairs of one head from the given one on.
    private static unsafe void Pairs(T* first, T* cosine, T* sine, int from, int half, T direction)
    {
        T* second = first + half;
        for (int i = from; i < half; i++)
        {
            T a = first[i], b = second[i], s = sine[i] * direction;
            first[i] = a * cosine[i] - b * s;
            second[i] = b * cosine[i] + a * s;
        }
    }
}
