using System.Globalization;
using Converge.Report.Markup;
using Converge.Studies.Metrics;
using Converge.Studies.Statistics;

namespace Converge.Report;

/// <summary>Says at which layers ICL and IT are closer to each other than either is to the anchor.</summary>
internal static class LayerFinding
{
    public static string Of(GroupView view)
    {
        if (view.Group.Runs < ClusterBootstrap.FewestRuns) return "";
        int[] layers = [.. Enumerable.Range(0, view.Group.Layers + 1).Where(layer => Exceeds(name => view.At(layer, name, MetricNames.Cosine).Estimate))];
        bool norm = Exceeds(name => view.Headline(name, MetricNames.Cosine).Estimate);
        string[] places = [.. layers.Length == 0 ? Array.Empty<string>() : [$"{(layers.Length == 1 ? "layer" : "layers")} {Ranges(layers)} of 0–{view.Group.Layers}"], .. norm ? new[] { "the state after the final norm" } : []];
        return places.Length == 0
            ? "At no layer is ICL–IT clearly above both anchor–ICL and anchor–IT."
            : $"ICL–IT is clearly above both anchor–ICL and anchor–IT at {Names.List(places)}, and nowhere else.";
    }

    private static bool Exceeds(Func<string, Estimate> contrast) =>
        ((ConditionPair[])[ConditionPair.AnchorIcl, ConditionPair.AnchorIt])
            .All(other => contrast(Contrasts.Name(ConditionPair.IclIt.Name, other.Name)).Interval is { } interval && interval.IsAbove(0));

    // 0, 3-5, 7
    private static string Ranges(int[] layers)
    {
        var ranges = new List<string>();
        for (int i = 0; i < layers.Length; i++)
        {
            int first = i;
            while (i + 1 < layers.Length && layers[i + 1] == layers[i] + 1) i++;
            ranges.Add(first == i ? layers[i].ToString(CultureInfo.InvariantCulture) : $"{layers[first]}–{layers[i]}");
        }
        return string.Join(", ", ranges);
    }
}
