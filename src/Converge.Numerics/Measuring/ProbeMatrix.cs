using System.Numerics;

namespace Converge.Numerics;

/// <summary>Operands for measurements: random numbers of unit size, since zeros or subnormals would be another speed on some processors.</summary>
internal static class ProbeMatrix
{
    // A prime number of values, so that rows differ; drawing each element anew would take longer than the measurement.
    private const int Period = 8191;

    /// <summary>A matrix of normal numbers that repeat after a while.</summary>
    public static Matrix<T> Normal<T>(int rows, int columns, ulong stream) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var values = new T[Period];
        for (int i = 0; i < Period; i++) values[i] = T.CreateTruncating(Philox.NormalAt(0, stream, (ulong)i));
        var matrix = new Matrix<T>(rows, columns);
        int next = 0;
        for (int row = 0; row < rows; row++)
        {
            var target = matrix.View.Row(row);
            for (int i = 0; i < columns; i++)
            {
                target[i] = values[next];
                next = next + 1 == Period ? 0 : next + 1;
            }
        }
        return matrix;
    }
}
