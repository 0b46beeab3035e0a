using System.Globalization;
using Converge.Report.Markup;
using Converge.Studies.Metrics;
using Converge.Studies.Tables;

namespace Converge.Report.Page;

/// <summary>What a study asked for beside states and answers (<c>metrics</c>), as tables: by layer, and of the answers.</summary>
internal static class MeasureTables
{
    private static readonly (string Metric, string Words)[] Names =
    [
        (MetricNames.AttentionUpdate, "SimAOU (M6)"), (MetricNames.AttentionMap, "SimAM (M7)"), (MetricNames.AttentionMapChange, "SimAM of the changes (M7)"),
        (MetricNames.TrainingAttentionTau, "attention to training tokens, Kendall's tau (M8)"), (MetricNames.TrainingAttentionRecall, "attention to training tokens, recall of 10 (M8)"),
        (MetricNames.PatchedAccuracy, "patched accuracy (M16)"), (MetricNames.PatchedLogLikelihood, "patched log-likelihood (M16)"), (MetricNames.TaskVectorRecovery, "task vector, share recovered (M16)"),
        (MetricNames.AdapterOverlap, "overlap of adapters (M15)"),
        (MetricNames.Chrf, "chrF2 of decoded answers"), (MetricNames.SentenceBleu, "sentence BLEU"), (MetricNames.CorpusBleu, "corpus BLEU"),
        (MetricNames.VocabularyAccuracy, "accuracy over the vocabulary (M10)"), (MetricNames.VocabularyDivergence, "divergence over the vocabulary, nats (M11)"),
        (MetricNames.TokenOverlap, "overlap of the 10 likeliest tokens (M12)"), (MetricNames.TokenOverlapCosine, "their cosine (M12)"), (MetricNames.OrderSensitivity, "sensitivity to order (M13)"),
        (MetricNames.TokenRank, "rank of the likeliest token (M14)"), (MetricNames.TokenUnshifted, "unshifted (M14)"), (MetricNames.TokenShifted, "shifted (M14)"),
    ];

    public static void Write(MarkupWriter page, GroupView view)
    {
        var series = (from name in Names from one in view.All where one.Key.Metric == name.Metric select (Name: RowName(name.Words, one.Key), Series: one)).ToList();
        if (series.Count == 0) return;
        page.Open("details").Leaf("summary", "What the study asked for beside states: attention, vocabulary, patching, order, adapters, decoding");
        int[] layers = [.. series.Select(one => one.Series.Key.Layer).OfType<int>().Distinct().Order()];
        List<string[]> byLayer = [.. series.Where(one => one.Series.Key.Layer is not null).GroupBy(one => one.Name).Select(row =>
            (string[])[row.Key, .. layers.Select(layer => row.FirstOrDefault(one => one.Series.Key.Layer == layer).Series is { } at ? NumberText.Of(at.Estimate) : "")])];
        if (byLayer.Count > 0) Table.Write(page, "Mean with 95 % interval by layer: a block's attention or adapter, or, for M16, the state put into the anchor [ours].", ["", .. layers.Select(layer => layer.ToString(CultureInfo.InvariantCulture))], byLayer);
        List<string[]> rows = [.. series.Where(one => one.Series.Key.Layer is null).Select(one => NumberTables.Row(one.Name, one.Series))];
        if (rows.Count > 0) Table.Write(page, "Of what follows each prompt [ours].", NumberTables.Columns, rows);
        page.Close();
    }

    // What the adapters of two runs have in common depends on the adapted layer, which stands in the column tap.
    private static string RowName(string words, SeriesKey key) => $"{words}, {(key.Metric == MetricNames.AdapterOverlap ? key.Tap : key.Pair)}";
}
