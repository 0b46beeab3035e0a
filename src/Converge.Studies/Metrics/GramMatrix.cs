namespace Converge.Studies.Metrics;

/// <summary>The inner products of all pairs of states of one condition: what metrics over queries are made of.</summary>
public sealed class GramMatrix
{
    private readonly double[] _values;

    private GramMatrix(int size, double[] values) => (Size, _values) = (size, values);

    /// <summary>The number of queries.</summary>
    public int Size { get; }

    /// <summary>The inner product of the states of queries <paramref name="i"/> and <paramref name="j"/>.</summary>
    public double this[int i, int j] => _values[i * Size + j];

    /// <summary>The inner products of the rows of <paramref name="states"/>.</summary>
    public static GramMatrix Of(StateMatrix states)
    {
        int n = states.Rows;
        var values = new double[n * n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j <= i; j++)
                values[i * n + j] = values[j * n + i] = InnerProduct.Of(states[i], states[j]);
        return new GramMatrix(n, values);
    }

    /// <summary>The cosine of two queries' states; not a number where one has no direction.</summary>
    public double Cosine(int i, int j) => Math.Clamp(this[i, j] / Math.Sqrt(this[i, i] * this[j, j]), -1, 1);
}
