namespace Converge.Studies.Metrics;

/// <summary>
/// M2: the cosine of two states after the mean over the unit's queries is taken away, per condition and layer. What all queries share
/// under a condition (the anisotropy that C1 measures) then counts for nothing.
/// </summary>
public static class CentredCosine
{
    /// <summary>
    /// One value a query. Null where a centred state is zero: a single query, or queries with equal states, as at the embedding of a
    /// last token that all prompts share.
    /// </summary>
    public static double?[] PerQuery(StateMatrix first, StateMatrix second) => Cosine.PerQuery(first.Centred(), second.Centred());
}
