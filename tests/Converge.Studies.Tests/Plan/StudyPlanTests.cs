using Converge.Studies.Conditions;
using Converge.Studies.Plan;
using Converge.Studies.Run;
using Converge.Studies.Tests.Authored;
using FsCheck;
using FsCheck.Fluent;

namespace Converge.Studies.Tests.Plan;

public sealed class StudyPlanTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    private string[] Digests(params string[] overrides) => [.. _folder.Plan(overrides).Units.Select(unit => unit.DigestFor("weights"))];

    [Fact]
    public void A_plan_has_a_unit_for_every_model_task_and_run()
    {
        var plan = _folder.Plan("runs=2", $"models.1={{id: other, path: {_folder.PathOf("model")}}}");
        Assert.Equal(["tiny 0", "tiny 1", "other 0", "other 1"], plan.Units.Select(unit => $"{unit.Key.Model} {unit.Key.Run}"));
        Assert.Equal(new UnitKey("other", "words", "base", "base", 1), plan.Units[3].Key);
        // Models meet the same draws, so that they can be compared run by run.
        Assert.Equal(plan.Units[0].Content.Prompts.Select(prompt => prompt.Text), plan.Units[2].Content.Prompts.Select(prompt => prompt.Text));
        Assert.Equal(plan.Units[1].AdapterSeed, plan.Units[3].AdapterSeed);
    }

    [Theory]
    [InlineData("runs=9")]
    [InlineData("name=renamed")]
    [InlineData("keep=[adapters]")]
    [InlineData("bootstrap.resamples=5")]
    [InlineData("models.0.id=renamed")]
    public void A_digest_stays_when_no_result_can_change(string change) => Assert.Equal(Digests(), Digests(change).Take(5));

    [Theory]
    [InlineData("seed=8")]
    [InlineData("queries=2")]
    [InlineData("demonstrations.count=3")]
    [InlineData("compute=f64")]
    [InlineData("tuning.rank=4")]
    [InlineData("tuning.alpha=16")]
    [InlineData("tuning.dropout=0.1")]
    [InlineData("tuning.targets=[q_proj]")]
    [InlineData("tuning.learning_rate=2e-4")]
    [InlineData("tuning.epochs=9")]
    [InlineData("tuning.batch_size=2")]
    [InlineData("tuning.weight_decay=0.1")]
    [InlineData("tuning.loss=sequence")]
    [InlineData("metrics=[order]")]
    [InlineData("tasks.0.labels.1=great")]
    [InlineData("tasks.0.template.separator=\"; \"")]
    public void A_digest_changes_with_whatever_changes_a_result(string change) => Assert.Empty(Digests().Intersect(Digests(change)));

    [Fact]
    public void A_digest_changes_with_weights_tokenizer_and_data()
    {
        var before = Digests();
        Assert.Empty(before.Intersect(_folder.Plan().Units.Select(unit => unit.DigestFor("other weights"))));
        TinyModel.AddMerge(_folder.PathOf("model"), "q", "q");
        var other = Digests();
        Assert.Empty(before.Intersect(other));
        _folder.Write("shown.tsv", "sentence\tlabel\n" + StudyFolder.Shown["sentence\tlabel\n".Length..].ToUpperInvariant());
        Assert.Empty(other.Intersect(Digests()));
    }

    [Fact]
    public void Costs_are_those_counted_by_hand()
    {
        _folder.Write("shown.tsv", "sentence\tlabel\nw\t1\n");
        _folder.Write("asked.tsv", "sentence\tlabel\na\t0\nb\t1\n");
        _folder.Change("task.yaml", "[Judge it., Good or bad?, Which is it?]", "[I]");
        var cost = _folder.Plan("runs=1", "queries=2", "demonstrations.count=1", "tuning.epochs=3").Cost;
        // BOS, "I\n\n" and "In: a\nOut:" are 14 tokens; the demonstration "In: w\nOut: good\n\n" is 17 more.
        Assert.Equal(6, cost.Prompts);
        Assert.Equal(14 + 14 + 31 + 31 + 14 + 14, cost.PromptTokens);
        // The queries' only letter parts two prompts: 6 tokens are each one's own, with 8 common to the anchors (and to the beginning of
        // the ICL prompts), 8 to those under the adapter, 25 to the ICL prompts.
        Assert.Equal(8 + 2 * 6 + 8 + 2 * 6 + (25 - 8) + 2 * 6, cost.SharedPromptTokens);
        // " bad" and " good" have 4 and 5 tokens; all but the last of each are run after each of 6 prompts.
        Assert.Equal(6 * (3 + 4), cost.AnswerTokens);
        // The row is the zero-shot prompt and " good".
        Assert.Equal(3 * 19, cost.TuningTokens);
        Assert.Equal(3, cost.TuningSteps);
        Assert.Equal(4 * 6 * (2 + 1 + 1) * 8, cost.DiskBytes);
        // Two blocks of 480 parameters, heads 8 wide together, 267 logits of 8 products; attention reads every position up to its own.
        Assert.Equal(2 * 3 * (2.0 * 2 * 480 * 19 + 4 * 2 * 8 * (19 * 20 / 2) + 2 * 267 * 8 * 5), cost.TuningFlops);
        int zeroShot = 14 * 15 / 2 + (14 * 15 - 8 * 9) / 2, inContext = (31 * 32 - 8 * 9) / 2 + (31 * 32 - 25 * 26) / 2;
        // Tokens run after the prompts see these and each other.
        int labels = 118 * (3 + 4) + 6 * (3 * 4 / 2 + 4 * 5 / 2);
        Assert.Equal(2 * 2 * 480 * (69 + 42) + 4 * 2 * 8 * (2 * zeroShot + inContext + labels) + 2 * 267 * 8 * (6 + 42), cost.CaptureFlops, 1e-6);
    }

    [Fact]
    public void Passes_that_metrics_take_are_counted_by_hand()
    {
        _folder.Write("shown.tsv", "sentence\tlabel\nw\t1\nv\t0\n");
        _folder.Write("asked.tsv", "sentence\tlabel\na\t0\nb\t1\n");
        _folder.Change("task.yaml", "[Judge it., Good or bad?, Which is it?]", "[I]");
        StudyCost Cost(string metrics) => _folder.Plan("runs=1", "queries=2", $"metrics=[{metrics}]").Cost;
        double Flops(double tokens, double context, double heads) => 2 * 2 * 480 * tokens + 4 * 2 * 8 * context + 2 * 267 * 8 * heads;
        Assert.Equal((0, 0.0), (Cost("attention").MeasuringTokens, Cost("attention").MeasuringFlops));
        Assert.Equal((0, Flops(0, 0, 6)), (Cost("vocabulary").MeasuringTokens, Cost("vocabulary").MeasuringFlops));

        // Anchors of 14 tokens: 8 common, 5 more of each without the last. Three layers, two sources: six copies of each query's last token and of 3 + 4 tokens of answers.
        double anchors = 8 * 9 / 2 + 2 * (13 * 14 - 8 * 9) / 2, copies = 6 * (2 * 14 + 2 * (14 * 7 + 3 * 4 / 2 + 4 * 5 / 2));
        var patched = Cost("task_vector");
        Assert.Equal(8 + 2 * 5 + 6 * 2 * (1 + 7), patched.MeasuringTokens);
        Assert.Equal(Flops(114, anchors + copies, 6 * 2 * (1 + 7)), patched.MeasuringFlops, 1e-6);

        // Rows "I\n\nIn: w\nOut: good" and "... v ... bad" (19 and 18 tokens), and two IT prompts: all four have 8 tokens in common.
        var training = Cost("training_attention");
        Assert.Equal(8 + 11 + 10 + 6 + 6, training.MeasuringTokens);
        Assert.Equal(Flops(41, 8 * 9 / 2 + (19 * 20 + 18 * 19 + 14 * 15 + 14 * 15 - 4 * 8 * 9) / 2, 0), training.MeasuringFlops, 1e-6);

        // Two demonstrations have two orders. 14 + 17 + 16 tokens a prompt; 8 are common to all, 41 to the queries of an order.
        var order = Cost("order");
        Assert.Equal(8 + 2 * (41 - 8 + 2 * 6), order.MeasuringTokens);
        Assert.Equal(Flops(98, 8 * 9 / 2 + 2 * ((41 * 42 - 8 * 9) / 2 + 2 * (47 * 48 - 41 * 42) / 2), 4), order.MeasuringFlops, 1e-6);

        // Two blocks, rank 8, 8 and 4 outputs of q_proj and v_proj.
        Assert.Equal(4 * 2 * 8 * (8 + 4), Cost("adapters").DiskBytes - Cost("attention").DiskBytes);

        var all = Cost("attention, vocabulary, task_vector, training_attention, order, adapters");
        Assert.Equal(114 + 41 + 98, all.MeasuringTokens);
        Assert.Equal(all.CaptureFlops + all.MeasuringFlops + all.TuningFlops, all.Flops);
    }

    [Fact]
    public void Parameters_and_shared_tokens_are_those_counted_by_hand()
    {
        var (tokens, context) = UnitCost.Shared([[1, 2, 3], [1, 2, 4, 5]]);
        Assert.Equal((5, 1 + 2 + 3 + 3 + 4), (tokens, context));
        var config = TinyModel.Config;
        int linear = 8 * 8 + 2 * 4 * 8 + 8 * 8 + 3 * 8 * 12;
        Assert.Equal(2 * (linear + 16) + 8 + config.VocabSize * 8, StudyCost.Parameters(config));
    }

    [Fact]
    public void Shared_tokens_are_the_distinct_prefixes() => Prop.ForAll(ArbMap.Default.ArbFor<byte[][]>(), sequences =>
    {
        int[][] rows = [.. sequences.Select(row => row.Select(value => value % 3).ToArray())];
        var prefixes = rows.SelectMany(row => Enumerable.Range(1, row.Length).Select(length => string.Join(',', row.Take(length)))).Distinct().ToList();
        var (tokens, context) = UnitCost.Shared(rows);
        Assert.Equal(prefixes.Count, tokens);
        Assert.Equal(prefixes.Sum(prefix => prefix.Split(',').Length), context);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Waves_keep_order_and_budget()
    {
        var units = _folder.Plan("runs=9").Units;
        var waves = Waves.Cut(units, TinyModel.Config, 1500).ToList();
        Assert.Equal(units, waves.SelectMany(wave => wave));
        Assert.InRange(waves.Count, 2, 8);
        Assert.All(Waves.Cut(units, TinyModel.Config, 1), wave => Assert.Single(wave));
        Assert.Single(Waves.Cut(units, TinyModel.Config));
    }

    [Fact]
    public void Run_names_hold_what_varies()
    {
        UnitKey[] one = [new("m", "t", "base", "base", 0), new("m", "t", "base", "base", 12)];
        Assert.Equal("12", new RunName(one).Of(one[1]));
        UnitKey[] two = [.. one, new("n", "t", "base", "base", 3)];
        Assert.Equal("n+3", new RunName(two).Of(two[2]));
    }

    [Fact]
    public void It_runs_the_very_prompt_of_the_anchor() => Assert.All(_folder.Plan().Units, unit => Assert.Equal(
        unit.Content.Prompts.Where(prompt => prompt.Condition == Condition.Anchor).Select(prompt => prompt.Tokens),
        unit.Content.Prompts.Where(prompt => prompt.Condition == Condition.It).Select(prompt => prompt.Tokens)));

    public void Dispose() => _folder.Dispose();
}
