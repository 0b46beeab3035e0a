namespace Converge.Studies.Metrics;

/// <summary>
/// M3: how ICL's shift away from the anchor, d_icl = h_icl - h_anchor, compares with IT's, d_it = h_it - h_anchor. It exists for the pair
/// ICL-IT alone: the anchor's own shift is zero, so that the other two pairs have no angle and no ratio, and no rows in any table.
/// </summary>
public static class Shift
{
    /// <summary>
    /// A shift no longer than this share of the anchor's state is none. States are float32: sums that are taken in another order leave differences of some 1e-7 of
    /// a state, which have a direction like any other shift but say nothing.
    /// </summary>
    public const double Rounding = 1e-6;

    /// <summary>The shift of every query, zero where it is no longer than rounding makes it.</summary>
    /// <param name="anchor">The anchor's states, [queries, hidden].</param>
    /// <param name="moved">The states under ICL or IT, of the same shape.</param>
    public static StateMatrix Of(StateMatrix anchor, StateMatrix moved)
    {
        var shifts = moved.Minus(anchor);
        var values = new double[shifts.Rows * shifts.Width];
        for (int row = 0; row < shifts.Rows; row++)
            if (Length(shifts[row]) > Rounding * Length(anchor[row])) shifts[row].CopyTo(values.AsSpan(row * shifts.Width));
        return new StateMatrix(shifts.Rows, shifts.Width, values);
    }

    /// <summary>cos(d_icl, d_it) for each query; null where a shift is zero.</summary>
    public static double?[] CosinePerQuery(StateMatrix anchor, StateMatrix icl, StateMatrix it) =>
        Cosine.PerQuery(Of(anchor, icl), Of(anchor, it));

    /// <summary>|d_icl| / |d_it| for each query; null where d_it is zero (and 0 where only d_icl is).</summary>
    public static double?[] NormRatioPerQuery(StateMatrix anchor, StateMatrix icl, StateMatrix it)
    {
        StateMatrix byIcl = Of(anchor, icl), byIt = Of(anchor, it);
        var values = new double?[anchor.Rows];
        for (int row = 0; row < values.Length; row++)
        {
            double ratio = Length(byIcl[row]) / Length(byIt[row]);
            values[row] = double.IsFinite(ratio) ? ratio : null;
        }
        return values;
    }

    private static double Length(ReadOnlySpan<double> vector) => Math.Sqrt(InnerProduct.Of(vector, vector));

    /// <summary>d_it . d_icl / |d_icl|^2 for each query: the share of ICL's shift that IT goes along, 1 where it goes as far in that direction; null where d_icl is zero.</summary>
    public static double?[] ReproducedPerQuery(StateMatrix anchor, StateMatrix icl, StateMatrix it)
    {
        StateMatrix byIcl = icl.Minus(anchor), byIt = it.Minus(anchor);
        var values = new double?[anchor.Rows];
        for (int row = 0; row < values.Length; row++)
        {
            double square = InnerProduct.Of(byIcl[row], byIcl[row]);
            values[row] = square > 0 ? InnerProduct.Of(byIt[row], byIcl[row]) / square : null;
        }
        return values;
    }
}
