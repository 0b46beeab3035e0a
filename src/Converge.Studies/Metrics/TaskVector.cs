namespace Converge.Studies.Metrics;

/// <summary>
/// M16: how much of the task one state carries (Hendel et al. 2023, "In-Context Learning Creates Task Vectors"): the last token's state of a layer under
/// ICL or IT takes the place of the anchor's, and the rest of the pass goes on from there.
/// </summary>
public static class TaskVector
{
    /// <summary>
    /// The share of the source's gain in accuracy that the patched anchor has: (patched - anchor) / (source - anchor); 1 where the state carries all of
    /// it, 0 where it carries nothing. Null where the source gains nothing.
    /// </summary>
    /// <param name="anchor">The anchor's accuracy, see <see cref="Accuracy"/>.</param>
    /// <param name="source">ICL's or IT's.</param>
    /// <param name="patched">The anchor's with the source's state in place of its own.</param>
    public static double? Recovered(double? anchor, double? source, double? patched) =>
        anchor is { } a && source is { } s && patched is { } p && s > a ? (p - a) / (s - a) : null;
}
