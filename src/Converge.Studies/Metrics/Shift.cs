namespace Converge.Studies.Metrics;

/// <summary>
/// M3: how ICL's shift away from the anchor, d_icl = h_icl - h_anchor, compares with IT's, d_it = h_it - h_anchor. It exists for the pair
/// ICL-IT alone: the anchor's own shift is zero, so that the other two pairs have no angle and no ratio, and no rows in any table.
/// </summary>
public static class Shift
{
    /// <summary>cos(d_icl, d_it) for each query; null where a shift is zero.</summary>
    public static double?[] CosinePerQuery(StateMatrix anchor, StateMatrix icl, StateMatrix it) =>
        Cosine.PerQuery(icl.Minus(anchor), it.Minus(anchor));

    /// <summary>|d_icl| / |d_it| for each query; null where d_it is zero (and 0 where only d_icl is).</summary>
    public static double?[] NormRatioPerQuery(StateMatrix anchor, StateMatrix icl, StateMatrix it)
    {
        StateMatrix byIcl = icl.Minus(anchor), byIt = it.Minus(anchor);
        var values = new double?[anchor.Rows];
        for (int row = 0; row < values.Length; row++)
        {
            double ratio = Math.Sqrt(InnerProduct.Of(byIcl[row], byIcl[row])) / Math.Sqrt(InnerProduct.Of(byIt[row], byIt[row]));
            values[row] = double.IsFinite(ratio) ? ratio : null;
        }
        return values;
    }
}
