namespace Converge.Studies.Metrics;

/// <summary>M9: Rec2FTP, how much of what tuning mends in-context learning mends too (Dai et al. 2023, "Why Can GPT Learn In-Context?").</summary>
public static class Recovery
{
    /// <summary>
    /// Of the queries that the anchor gets wrong and IT right, the share that ICL gets right too. Correctness is in [0, 1], a tie counting what lot
    /// would give: sum (1 - anchor) it icl / sum (1 - anchor) it. Null where there is no such query; queries without a prediction are left out.
    /// </summary>
    /// <param name="anchor">Correctness of the anchor, query by query, see <see cref="Accuracy"/>.</param>
    /// <param name="icl">Of ICL.</param>
    /// <param name="it">Of IT.</param>
    public static double? Of(IReadOnlyList<double?> anchor, IReadOnlyList<double?> icl, IReadOnlyList<double?> it)
    {
        double both = 0, mended = 0;
        for (int query = 0; query < anchor.Count; query++)
        {
            if (anchor[query] is not { } before || icl[query] is not { } shown || it[query] is not { } tuned) continue;
            mended += (1 - before) * tuned;
            both += (1 - before) * tuned * shown;
        }
        return mended > 0 ? both / mended : null;
    }
}
