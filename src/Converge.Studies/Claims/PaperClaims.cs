using Converge.Studies.Metrics;
using Converge.Studies.Spec;
using Converge.Studies.Tables;

namespace Converge.Studies.Claims;

/// <summary>The paper's claims about one model and task: P1 to P7.</summary>
internal static class PaperClaims
{
    /// <summary>The only number recovered of the paper: what ICL-IT reaches, and what counts as high.</summary>
    public const double High = 0.9;

    /// <summary>The largest change of a cosine that counts as none.</summary>
    public const double Margin = 0.05;

    public static IReadOnlyList<Claim> All { get; } =
    [
        new("P1", Standing.Known, "ICL and IT are closer to each other than either is to the anchor",
            "ICL-IT less anchor-ICL and ICL-IT less anchor-IT, at the last layer, are both above 0",
            "any study with at least ten runs", Closer),
        new("P2", Standing.Known, "ICL-IT reaches 0.9 in the last layer",
            "the cosine of ICL and IT at the last layer exceeds 0.9",
            "any study with at least ten runs", (data, group) => data.Exceeds("ICL-IT", data.Cosine(group, ConditionPair.IclIt), High)),
        new("P3", Standing.Known, "Wrong labels leave ICL-IT as it is",
            "at every level of wrong or random labels, ICL-IT less that with gold labels is within 0.05 of 0 (margin ours)",
            "a study with factor F1, the labels of the demonstrations (studies/paper.yaml)", WrongLabels),
        new("P4", Standing.Known, "Demonstrations of another task leave all three pairs high",
            "with demonstrations of another task, anchor-ICL, anchor-IT and ICL-IT all exceed 0.9 (what counts as high is assumed)",
            "a study with factor F2, the task of the demonstrations (studies/paper.yaml)", OtherTask),
        new("P5", Standing.Known, "ICL-IT rises with the number of demonstrations",
            "the slope of ICL-IT over log2 of the number of demonstrations, run by run, is above 0",
            "a study with factor F4, the number of demonstrations (studies/paper.yaml)", Count),
        new("P6", Standing.Assumed, "Less similar demonstrations lower ICL-IT",
            "the slope of ICL-IT from the farthest (-1) over random (0) to the nearest (1) demonstrations, run by run, is above 0",
            "a study with factor F3, the similarity of demonstrations and query (studies/paper.yaml)", Similarity),
        new("P7", Standing.Assumed, "Late layers converge more than middle ones",
            "the mean cosine of ICL and IT over the last third of the blocks less that over the middle third is above 0",
            "a study of a model with at least three blocks", LateLayers),
    ];

    /// <summary>P1's two differences, which P8 asks of other models and tasks.</summary>
    public static IEnumerable<ClaimPart> Closer(ClaimData data, StudyGroup group) => Closer(data, group, MetricNames.Cosine, "");

    /// <summary>ICL-IT less the other two pairs at the headline, in a metric whose contrasts are taken.</summary>
    public static IEnumerable<ClaimPart> Closer(ClaimData data, StudyGroup group, string metric, string where)
    {
        foreach (var other in (ConditionPair[])[ConditionPair.AnchorIcl, ConditionPair.AnchorIt])
            foreach (var part in data.Exceeds($"ICL-IT less {(other == ConditionPair.AnchorIcl ? "anchor-ICL" : "anchor-IT")}{where}", data.Headline(group, Contrasts.Name(ConditionPair.IclIt.Name, other.Name), metric), 0))
                yield return part;
    }

    private static IEnumerable<ClaimPart> WrongLabels(ClaimData data, StudyGroup group) =>
        data.Of(data.Design.WrongLabels, group).SelectMany(level => data.IsWithin($"ICL-IT at {level.Level.Level} less gold",
            ClaimData.Minus(data.Cosine(level.Group, ConditionPair.IclIt), data.Cosine(group, ConditionPair.IclIt)), Margin));

    private static IEnumerable<ClaimPart> OtherTask(ClaimData data, StudyGroup group) =>
        data.Of(data.Design.OtherTask, group).SelectMany(level => ConditionPair.All.SelectMany(pair => data.Exceeds($"{Words(pair)} at {level.Level.Level}", data.Cosine(level.Group, pair), High)));

    private static IEnumerable<ClaimPart> Count(ClaimData data, StudyGroup group) =>
        Trends(data, group, data.Design.Counts, data.Design.BaseCount, "slope of ICL-IT for each doubling of the demonstrations");

    private static IEnumerable<ClaimPart> Similarity(ClaimData data, StudyGroup group) =>
        Trends(data, group, data.Design.Similarity, 0, "slope of ICL-IT from farthest to nearest");

    // One trend a factor, each with the base among its levels.
    private static IEnumerable<ClaimPart> Trends(ClaimData data, StudyGroup group, IReadOnlyList<DesignLevel> levels, double basePlace, string quantity)
    {
        foreach (var factor in data.Of(levels, group).GroupBy(level => level.Level.Factor))
        {
            List<(double, IReadOnlyDictionary<int, double>)> places = [(basePlace, data.Cosine(group, ConditionPair.IclIt)), .. factor.Select(level => (level.Level.Place, data.Cosine(level.Group, ConditionPair.IclIt)))];
            foreach (var part in data.Exceeds($"{quantity} ({factor.Key})", ClaimData.Slopes(places), 0)) yield return part;
        }
    }

    private static IEnumerable<ClaimPart> LateLayers(ClaimData data, StudyGroup group)
    {
        int layers = data.LayersOf(group);
        if (layers < 3) return [];
        int middle = layers / 3 + 1, late = 2 * layers / 3 + 1;
        return data.Exceeds($"ICL-IT over {Blocks(late, layers)} less that over {Blocks(middle, late - 1)}",
            ClaimData.Minus(MeanOver(data, group, late, layers), MeanOver(data, group, middle, late - 1)), 0);
    }

    private static Dictionary<int, double> MeanOver(ClaimData data, StudyGroup group, int from, int to)
    {
        var layers = Enumerable.Range(from, to - from + 1).Select(layer => data.CosineAt(group, layer)).ToList();
        return layers[0].Keys.Where(run => layers.All(layer => layer.ContainsKey(run))).ToDictionary(run => run, run => layers.Sum(layer => layer[run]) / layers.Count);
    }

    private static string Blocks(int from, int to) => from == to ? $"block {from}" : $"blocks {from}-{to}";

    private static string Words(ConditionPair pair) => pair == ConditionPair.IclIt ? "ICL-IT" : pair == ConditionPair.AnchorIcl ? "anchor-ICL" : "anchor-IT";
}
