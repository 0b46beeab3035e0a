namespace Converge.Studies.Metrics;

/// <summary>The states of a unit's queries under one condition at one tap, widened to double precision.</summary>
/// <param name="rows">The number of queries.</param>
/// <param name="width">The size of a state.</param>
/// <param name="values">Row-major [rows, width].</param>
public sealed class StateMatrix(int rows, int width, double[] values)
{
    /// <summary>The number of queries.</summary>
    public int Rows => rows;

    /// <summary>The size of a state.</summary>
    public int Width => width;

    /// <summary>The state of query <paramref name="row"/>.</summary>
    public ReadOnlySpan<double> this[int row] => values.AsSpan(row * width, width);

    /// <summary>Takes layer <paramref name="layer"/> of <paramref name="states"/>, row-major [rows, layers, width].</summary>
    public static StateMatrix OfLayer(float[] states, int rows, int layers, int layer, int width)
    {
        var values = new double[rows * width];
        for (int row = 0; row < rows; row++)
        {
            var from = states.AsSpan((row * layers + layer) * width, width);
            for (int i = 0; i < width; i++) values[row * width + i] = from[i];
        }
        return new StateMatrix(rows, width, values);
    }

    /// <summary>This matrix less <paramref name="other"/>, element by element; shapes must be equal.</summary>
    public StateMatrix Minus(StateMatrix other)
    {
        var difference = new double[rows * width];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<double> a = this[row], b = other[row];
            for (int i = 0; i < width; i++) difference[row * width + i] = a[i] - b[i];
        }
        return new StateMatrix(rows, width, difference);
    }

    /// <summary>Every row divided by its length; a row of zeros stays, and has no direction afterwards either.</summary>
    public StateMatrix Normalised()
    {
        var normalised = new double[rows * width];
        for (int row = 0; row < rows; row++)
        {
            var state = this[row];
            double norm = Math.Sqrt(InnerProduct.Of(state, state));
            for (int i = 0; i < width && norm > 0; i++) normalised[row * width + i] = state[i] / norm;
        }
        return new StateMatrix(rows, width, normalised);
    }

    /// <summary>
    /// Every row less the mean over rows. The mean is taken as row 0 plus the mean distance from row 0, so that equal rows give a matrix
    /// of exact zeros (whose cosines are then undefined) and not of rounding noise (whose cosines would be arbitrary).
    /// </summary>
    public StateMatrix Centred()
    {
        var distance = new double[width];
        for (int row = 1; row < rows; row++)
        {
            ReadOnlySpan<double> first = this[0], other = this[row];
            for (int i = 0; i < width; i++) distance[i] += other[i] - first[i];
        }
        var centred = new double[rows * width];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<double> first = this[0], other = this[row];
            for (int i = 0; i < width; i++) centred[row * width + i] = (other[i] - first[i]) - distance[i] / rows;
        }
        return new StateMatrix(rows, width, centred);
    }
}
