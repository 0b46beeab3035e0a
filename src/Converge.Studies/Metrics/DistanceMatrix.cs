namespace Converge.Studies.Metrics;

/// <summary>The Euclidean distances of all pairs of states of one condition.</summary>
public sealed class DistanceMatrix
{
    private readonly double[] _values;

    private DistanceMatrix(int size, double[] values) => (Size, _values) = (size, values);

    /// <summary>The number of queries.</summary>
    public int Size { get; }

    /// <summary>The distance of the states of queries <paramref name="i"/> and <paramref name="j"/>.</summary>
    public double this[int i, int j] => _values[i * Size + j];

    /// <summary>The distances of the rows of <paramref name="states"/>, from differences of elements, so that equal states are exactly 0 apart.</summary>
    public static DistanceMatrix Of(StateMatrix states)
    {
        int n = states.Rows;
        var values = new double[n * n];
        var difference = new double[states.Width];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++)
            {
                ReadOnlySpan<double> a = states[i], b = states[j];
                for (int x = 0; x < difference.Length; x++) difference[x] = a[x] - b[x];
                values[i * n + j] = values[j * n + i] = Math.Sqrt(InnerProduct.Of(difference, difference));
            }
        }
        return new DistanceMatrix(n, values);
    }

    /// <summary>The other queries by their distance from query <paramref name="i"/>, nearest first; of equally near ones the earlier first.</summary>
    public int[] NearestTo(int i) => [.. Enumerable.Range(0, Size).Where(j => j != i).OrderBy(j => this[i, j])];
}
