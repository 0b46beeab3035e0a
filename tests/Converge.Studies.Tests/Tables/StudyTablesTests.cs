using System.Globalization;
using Converge.Engine;
using Converge.Studies.Conditions;
using Converge.Studies.Tables;
using CsvHelper;

namespace Converge.Tests.Tables;

public sealed class StudyTablesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("converge-tables-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Similarity_has_one_value_a_row_and_reads_back_to_the_same_doubles()
    {
        StudyTables.Write(_folder, PlantedUnits.Runs(PlantedUnits.OppositeDirections, 2), new ResultOptions { Study = "s" });
        Assert.StartsWith("study,model,task,factor,level,run,query,layer,tap,pair,metric,value\n", File.ReadAllText(Path.Combine(_folder, "similarity.csv")));
        var rows = Rows("similarity.csv");
        // Taps x (8 metrics a query + 3 levels a unit) x runs.
        Assert.Equal((PlantedUnits.Layers + 2) * (12 * PlantedUnits.Queries + 15) * 2, rows.Count);
        var unit = PlantedUnits.Unit(PlantedUnits.OppositeDirections, 1);
        double expected = Studies.Metrics.UnitMetrics.Similarities(unit)
            .Single(one => one is { Tap: "resid_post", Layer: 2, Pair: "anchor-it", Metric: "centred_cosine" }).Values[5]!.Value;
        var row = rows.Single(one => one["run"] == "1" && one["query"] == "q1-5" && one["tap"] == "resid_post" && one["layer"] == "2" && one["pair"] == "anchor-it" && one["metric"] == "centred_cosine");
        Assert.Equal(expected, double.Parse(row["value"], CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Undefined_values_are_empty_fields_and_the_summary_counts_them()
    {
        StudyTables.Write(_folder, PlantedUnits.Runs(PlantedUnits.IclDoesNothing, 5), new ResultOptions { Study = "s" });
        Assert.All(Rows("similarity.csv").Where(row => row["metric"] == "shift_cosine"), row => Assert.Equal("", row["value"]));
        var summary = Rows("summary.csv").Where(row => row["metric"] == "shift_cosine" && row["pair"] == "icl-it").ToList();
        Assert.Equal(PlantedUnits.Layers + 2, summary.Count);
        Assert.All(summary, row => Assert.Equal(("", "", "", "0", "0", "40"), (row["mean"], row["ci_low"], row["ci_high"], row["n_runs"], row["n_values"], row["n_missing"])));
        Assert.All(Directory.GetFiles(_folder), file => Assert.DoesNotContain("NaN", File.ReadAllText(file)));
    }

    [Fact]
    public void Infinite_and_undefined_inputs_never_become_text_in_a_table()
    {
        var unit = PlantedUnits.Unit(PlantedUnits.OppositeDirections, 0, (_, _) => [double.NaN, -1]);
        unit.States[Condition.Icl].FinalNorm[0] = float.PositiveInfinity;
        unit = unit with { TuningSteps = [unit.TuningSteps[0] with { Loss = double.NaN, GradientNorm = double.PositiveInfinity }] };
        StudyTables.Write(_folder, [unit], new ResultOptions { Study = "s" });
        Assert.All(Directory.GetFiles(_folder), file => Assert.DoesNotMatch("(?i)nan|infinity|∞", File.ReadAllText(file)));
        Assert.Equal("", Rows("similarity.csv").Single(row => row["query"] == "q0-0" && row["tap"] == "final_norm" && row["pair"] == "icl-it" && row["metric"] == "cosine")["value"]);
    }

    [Fact]
    public void Accuracy_and_tuning_have_their_own_tables()
    {
        StudyTables.Write(_folder, PlantedUnits.Runs(PlantedUnits.IclEqualsIt, 2), new ResultOptions { Study = "s" });
        var accuracy = Rows("accuracy.csv");
        Assert.Equal(2 * (9 * PlantedUnits.Queries + 1), accuracy.Count);
        string Right(IReadOnlyDictionary<string, string> row) => row["metric"] switch { "label_divergence" => "0", "recovery" => "", _ => "1" };
        Assert.All(accuracy, row => Assert.Equal((Right(row), "logits", ""), (row["value"], row["tap"], row["layer"])));
        var tuning = Rows("tuning.csv");
        Assert.Equal(20, tuning.Count);
        Assert.Equal(("1", "10", "0.21000000000000002"), (tuning[^1]["run"], tuning[^1]["step"], tuning[^1]["loss"]));
    }

    [Fact]
    public void A_task_without_labels_has_likelihoods_and_no_accuracy()
    {
        StudyTables.Write(_folder, PlantedUnits.Runs(PlantedUnits.IclEqualsIt, 2), new ResultOptions { Study = "s" });
        Assert.False(File.Exists(Path.Combine(_folder, "likelihood.csv")));
        var units = Enumerable.Range(0, 6).Select(run => PlantedUnits.Translation(PlantedUnits.IclEqualsIt, run, (condition, query) => -(1 + query % 3) * (condition == Condition.Icl ? 2 : 3)));
        StudyTables.Write(_folder, units, new ResultOptions { Study = "s" });
        // What an earlier version of the study left is gone.
        Assert.False(File.Exists(Path.Combine(_folder, "accuracy.csv")));
        var rows = Rows("likelihood.csv");
        // Three conditions: a log-likelihood for each query, perplexity and bits per byte for each unit.
        Assert.Equal(6 * 3 * (PlantedUnits.Queries + 2), rows.Count);
        Assert.All(rows.Where(row => row["metric"] == "log_likelihood_per_token"), row => Assert.Equal((row["pair"] == "icl" ? "-2" : "-3", "logits", ""), (row["value"], row["tap"], row["layer"])));
        Assert.All(rows.Where(row => row["metric"] != "log_likelihood_per_token"), row => Assert.Equal("", row["query"]));
        var summary = Rows("summary.csv");
        Assert.DoesNotContain(summary, row => row["metric"] is "accuracy" or "agreement");
        var gain = summary.Single(row => row["pair"] == "icl_minus_anchor");
        Assert.Equal(("log_likelihood_per_token", "1", "1", "1", "48"), (gain["metric"], gain["mean"], gain["ci_low"], gain["ci_high"], gain["n_values"]));
    }

    [Fact]
    public void A_mixed_study_has_both_tables_each_with_its_own_tasks()
    {
        StudyTables.Write(_folder, [PlantedUnits.Unit(PlantedUnits.IclEqualsIt, 0), PlantedUnits.Translation(PlantedUnits.IclEqualsIt, 0, (_, _) => -1)], new ResultOptions { Study = "s" });
        Assert.Equal(["sentiment"], Rows("accuracy.csv").Select(row => row["task"]).Distinct());
        Assert.Equal(["lexicon"], Rows("likelihood.csv").Select(row => row["task"]).Distinct());
        Assert.Equal(["lexicon", "sentiment"], Rows("similarity.csv").Select(row => row["task"]).Distinct().Order());
    }

    [Fact]
    public void Hostile_names_stay_in_their_field()
    {
        const string Hostile = "a\",b\n<script>'; =cmd() \u202e";
        StudyTables.Write(_folder, [PlantedUnits.Unit(PlantedUnits.IclEqualsIt, 0, task: Hostile)], new ResultOptions { Study = Hostile });
        Assert.All(Rows("similarity.csv"), row => Assert.Equal((Hostile, Hostile), (row["study"], row["task"])));
    }

    [Fact]
    public void A_failure_half_way_leaves_the_earlier_tables_as_they_were()
    {
        StudyTables.Write(_folder, PlantedUnits.Runs(PlantedUnits.IclEqualsIt, 2), new ResultOptions { Study = "s" });
        var before = Contents();
        var first = PlantedUnits.Unit(PlantedUnits.OppositeDirections, 0);
        Assert.Throws<BadInputException>(() => StudyTables.Write(_folder, [first, first], new ResultOptions { Study = "s" }));
        Assert.Equal(before, Contents());
    }

    private SortedDictionary<string, string> Contents() => new(Directory.GetFiles(_folder).ToDictionary(path => path, File.ReadAllText));

    private List<Dictionary<string, string>> Rows(string file)
    {
        using var csv = new CsvReader(new StreamReader(Path.Combine(_folder, file)), CultureInfo.InvariantCulture);
        csv.Read();
        csv.ReadHeader();
        var rows = new List<Dictionary<string, string>>();
        while (csv.Read()) rows.Add(csv.HeaderRecord!.ToDictionary(column => column, column => csv.GetField(column)!));
        return rows;
    }
}
