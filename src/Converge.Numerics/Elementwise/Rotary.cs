using System.Numerics;

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
        int half = _half, heads = x.Columns / (2 * half);
        var (cosines, sines) = (_cosines.View, _sines.View);
        RowBlocks.ForEach(pool, x.Rows, row =>
        {
            T* cosine = cosines.RowPointer(positions[row]);
            T* sine = sines.RowPointer(positions[row]);
            for (int head = 0; head < heads; head++)
            {
                T* first = x.RowPointer(row) + head * 2 * half;
                T* second = first + half;
                int i = 0;
                for (; i + Vector<T>.Count <= half; i += Vector<T>.Count)
                {
                    var (a, b) = (Vector.Load(first + i), Vector.Load(second + i));
                    var (c, s) = (Vector.Load(cosine + i), Vector.Load(sine + i) * direction);
                    (a * c - b * s).Store(first + i);
                    (b * c + a * s).Store(second + i);
                }
                for (; i < half; i++)
                {
                    T a = first[i], b = second[i], s = sine[i] * direction;
                    first[i] = a * cosine[i] - b * s;
                    second[i] = b * cosine[i] + a * s;
                }
            }
        });
    }
}
