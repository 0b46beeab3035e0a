using Converge.Engine;
using Converge.Engine.Tuning;
using Converge.Studies.Run;

namespace Converge.Studies.Tables;

/// <summary>The tables of a study under <c>OUT/tables</c>.</summary>
public static class StudyTables
{
    private static readonly string[] Group = ["study", "model", "task", "factor", "level"];
    private static readonly string[] Place = ["layer", "tap", "pair", "metric"];

    /// <summary>
    /// Writes <c>similarity.csv</c>, <c>accuracy.csv</c> and <c>likelihood.csv</c> (one value a row: study, model, task, factor, level, run, query,
    /// layer, tap, pair, metric, value), <c>tuning.csv</c> (one update a row) and <c>summary.csv</c> (one series a row: mean, SD and interval over
    /// runs), the first four as the units stream past. Each file is replaced whole or left as it was. Without a task that has labels there is no
    /// <c>accuracy.csv</c>, without a task that has none no <c>likelihood.csv</c>.
    /// </summary>
    /// <param name="folder">The folder of the tables; made where absent.</param>
    /// <param name="units">The finished units.</param>
    /// <param name="options">Name, bootstrap, and how many prompts to keep.</param>
    /// <returns>The results that the units gave.</returns>
    /// <exception cref="BadInputException">No unit, a unit twice, arrays that do not fit together, or a folder that cannot be written.</exception>
    public static StudyResults Write(string folder, IEnumerable<UnitRecord> units, ResultOptions options)
    {
        StudyResults? results = null;
        string accuracy = Path.Combine(folder, "accuracy.csv"), likelihood = Path.Combine(folder, "likelihood.csv");
        AtomicFile.Write(Path.Combine(folder, "similarity.csv"), similarities =>
            AtomicFile.Write(accuracy, predictions =>
                AtomicFile.Write(likelihood, likelihoods =>
                    AtomicFile.Write(Path.Combine(folder, "tuning.csv"), tuning => results = Stream(units, options, similarities, predictions, likelihoods, tuning)))));
        if (results!.Groups.All(group => group.Labels is null)) File.Delete(accuracy);
        if (results.Groups.All(group => group.Labels is not null)) File.Delete(likelihood);
        AtomicFile.Write(Path.Combine(folder, "summary.csv"), stream => WriteSummary(stream, results.Study, results.Summaries));
        return results;
    }

    private static StudyResults Stream(IEnumerable<UnitRecord> units, ResultOptions options, Stream similarities, Stream predictions, Stream likelihoods, Stream tuning)
    {
        string[] tidy = [.. Group, "run", "query", .. Place, "value"];
        using var similarityTable = new CsvTable(similarities, tidy);
        using var predictionTable = new CsvTable(predictions, tidy);
        using var likelihoodTable = new CsvTable(likelihoods, tidy);
        using var tuningTable = new CsvTable(tuning, [.. Group, "run", "step", "loss", "grad_norm", "lr", "tokens"]);
        return StudyResults.FromUnits(units, options, new RowSinks(
            value => WriteValue(similarityTable, value),
            value => WriteValue(predictionTable, value),
            value => WriteValue(likelihoodTable, value),
            (key, step) => WriteStep(tuningTable, options.Study, key, step)));
    }

    private static void WriteValue(CsvTable table, MetricValue value)
    {
        WriteGroup(table, value.Study, value.Group).Field(value.Run).Field(value.Query)
            .Field(value.Layer).Field(value.Tap).Field(value.Pair).Field(value.Metric).Field(value.Value).EndRow();
    }

    private static void WriteStep(CsvTable table, string study, UnitKey key, TuningStep step)
    {
        WriteGroup(table, study, StudyGroup.Of(key)).Field(key.Run)
            .Field(step.Step).Field(step.Loss).Field(step.GradientNorm).Field(step.LearningRate).Field(step.Tokens).EndRow();
    }

    /// <summary>Writes series as <c>summary.csv</c> has them: one a row.</summary>
    /// <param name="stream">Where the CSV file goes.</param>
    /// <param name="study">The study's name.</param>
    /// <param name="summaries">The series.</param>
    public static void WriteSummary(Stream stream, string study, IEnumerable<SeriesSummary> summaries)
    {
        using var table = new CsvTable(stream, SummaryColumns);
        foreach (var summary in summaries) WriteSummary(table, study, summary);
    }

    /// <summary>The columns of <c>summary.csv</c>.</summary>
    internal static string[] SummaryColumns { get; } = [.. Group, .. Place, "mean", "sd", "ci_low", "ci_high", "n_runs", "n_values", "n_missing"];

    /// <summary>Writes one series and ends the row.</summary>
    internal static void WriteSummary(CsvTable table, string study, SeriesSummary summary)
    {
        var (key, estimate, _) = summary;
        WriteGroup(table, study, key.Group).Field(key.Layer).Field(key.Tap).Field(key.Pair).Field(key.Metric)
            .Field(estimate.Mean).Field(estimate.Sd).Field(estimate.Interval?.Low).Field(estimate.Interval?.High)
            .Field(estimate.Runs).Field(estimate.Values).Field(estimate.Missing).EndRow();
    }

    private static CsvTable WriteGroup(CsvTable table, string study, StudyGroup group) =>
        table.Field(study).Field(group.Model).Field(group.Task).Field(group.Factor).Field(group.Level);
}
