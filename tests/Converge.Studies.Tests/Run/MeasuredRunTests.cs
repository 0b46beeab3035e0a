using Converge.Engine.Capture;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tuning;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Run;
using Converge.Studies.Spec;
using Converge.Studies.Statistics;
using Converge.Studies.Tables;
using Converge.Studies.Tests.Authored;
using MathNet.Numerics.LinearAlgebra;

namespace Converge.Studies.Tests.Run;

/// <summary>Metrics that need more than states, measured by the engine during a study.</summary>
public sealed class MeasuredRunTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    public MeasuredRunTests() => RandomCheckpoint.Write(_folder.PathOf("model"), TinyModel.Config, seed: 5);

    [Fact]
    public void Attention_vocabulary_and_task_vectors_are_measured_stored_and_the_same_in_any_wave()
    {
        string[] settings = ["runs=2", "tuning.learning_rate=1e-2", "tuning.epochs=2", "metrics=[attention, vocabulary, task_vector, training_attention, order, adapters]"];
        StudyOutput Run(string name, RunOptions options)
        {
            StudyRunner.Run(_folder.Plan(settings), _folder.PathOf(name), options);
            return StudyOutput.Open(_folder.PathOf(name));
        }
        var whole = Run("whole", new RunOptions { Threads = 2 }).Units().ToList();
        var waves = Run("waves", new RunOptions { Threads = 1, WaveTokens = 1 }).Units().ToList();
        for (int i = 0; i < whole.Count; i++)
        {
            Assert.Equal(whole[i].Measures.Select(Text), waves[i].Measures.Select(Text));
            Assert.Equal(whole[i].Directions.Select(one => $"{one.Layer} {one.Target} {string.Join(' ', one.Vectors)}"), waves[i].Directions.Select(one => $"{one.Layer} {one.Target} {string.Join(' ', one.Vectors)}"));
            Check(whole[i]);
        }
    }

    [Fact]
    public void A_state_put_where_it_came_from_changes_nothing_and_another_one_does()
    {
        var unit = _folder.Plan("runs=1").Units[0];
        // References have likelihoods, which any change of a state moves.
        unit = unit with { Content = unit.Content with { Answers = new ReferenceAnswers([" a", " b", " c"], [[40, 41], [42, 43], [44, 45]]) } };
        using var checkpoint = Checkpoint.Open(_folder.PathOf("model"));
        using var model = LlamaModel.Load(checkpoint, ComputeMode.F32, 1);
        var states = new UnitStates(CancellationToken.None);
        states.Capture(model, [(unit, Condition.Anchor, -1), (unit, Condition.Icl, -1)], []);
        ConditionStates anchor = states[unit, Condition.Anchor], icl = states[unit, Condition.Icl];
        var patched = PatchedAnswers.Of(model, unit, new Dictionary<Condition, ConditionStates> { [Condition.Icl] = icl, [Condition.It] = anchor }, CancellationToken.None);
        double[] own = [.. anchor.AnswerLogProbabilities.Select(value => value / 2)];
        Assert.Equal(2 * (TinyModel.Config.Layers + 1), patched.Count);
        foreach (var one in patched)
        {
            // The anchor's own states, and at layer 0 the embedding of the last token, which all prompts share.
            if (one.Pair == "it" || one.Layer == 0) Assert.Equal(own, one.Values.Select(value => value!.Value), (a, b) => Math.Abs(a - b) < 1e-6);
            else Assert.All(own.Zip(one.Values), pair => Assert.NotEqual(pair.First, pair.Second!.Value, 1e-6));
        }
    }

    [Fact]
    public void Without_being_asked_nothing_more_is_measured()
    {
        StudyRunner.Run(_folder.Plan("runs=1"), _folder.PathOf("plain"), new RunOptions { Threads = 1 });
        Assert.Empty(StudyOutput.Open(_folder.PathOf("plain")).Units().Single().Measures);
    }

    [Theory]
    [InlineData("lora")]
    [InlineData("full")]
    public void Attention_to_training_tokens_and_sensitivity_to_order_are_those_taken_by_hand(string method)
    {
        var plan = _folder.Plan("runs=1", "tuning.learning_rate=1e-2", "tuning.epochs=2", $"tuning.method={method}", "metrics=[training_attention, order]", "keep=[adapters]");
        var unit = plan.Units[0];
        StudyRunner.Run(plan, _folder.PathOf(method), new RunOptions { Threads = 1 });
        var record = StudyOutput.Open(_folder.PathOf(method)).Units().Single();
        using var checkpoint = Checkpoint.Open(_folder.PathOf("model"));
        using var model = LlamaModel.Load(checkpoint, ComputeMode.F32, 1);
        const int Query = 1, Block = 2;
        var at = record.Measures.Where(one => one.Layer is null or Block).ToDictionary(one => one.Metric, one => one.Values[Query]);

        // All tokens of the ICL prompt, of the rows and of the IT prompt, from passes of their own.
        int[] icl = Of(Condition.Icl), it = Of(Condition.It);
        float[] scores = model.Capture([new Prompt("icl", icl, -1)], new CaptureRequest { Taps = CaptureTaps.AttnScores, Layers = [Block] }, []).Prompts[0].AttnScores;
        double[] attention = [.. Enumerable.Range(0, icl.Length).Select(token => Enumerable.Range(0, 2).Average(head => Math.Exp(scores[head * icl.Length + token]) / Enumerable.Range(0, icl.Length).Sum(other => Math.Exp(scores[head * icl.Length + other]))))];
        List<double[]> rows = [];
        double[] last = [];
        void Read(LanguageModel tuned, LoraAdapter[] adapters)
        {
            double[] Queries(int[] tokens) => [.. tuned.Capture([new Prompt("p", tokens, adapters.Length - 1)], new CaptureRequest { Taps = CaptureTaps.Queries, Layers = [Block], Positions = Positions.All }, adapters).Prompts[0].Queries.Select(value => (double)value)];
            rows.AddRange(unit.Content.TuningRows.Select(row => Queries(row.Tokens)));
            last = Queries(it)[^8..];
        }
        if (method == "lora") Read(model, [record.Adapters!.Value.Final]);
        else model.TuneFully(unit.Content.TuningRows, unit.Tuning, own => Read(own, []));
        double[] weights = [.. unit.TrainingTokens.Select(token => Enumerable.Range(0, 8).Sum(i => rows[token.Row][token.InRow * 8 + i] * last[i]))];
        double[] attended = [.. unit.TrainingTokens.Select(token => attention[token.InContext])];
        Assert.Equal(Correlation.Kendall(attended, weights)!.Value, at["training_attention_tau"]!.Value, 1e-9);
        int[] Ten(double[] values) => [.. Enumerable.Range(0, values.Length).OrderByDescending(i => values[i]).Take(10)];
        Assert.Equal(Ten(attended).Intersect(Ten(weights)).Count() / 10.0, at["training_attention_recall"]!.Value, 1e-12);
        Assert.Equal(attended.Length, unit.TrainingTokens.Count);

        // Two demonstrations have two orders, whose probabilities p and q of a token have the standard deviation |p - q| / 2.
        Assert.Equal(2, unit.OrderedPrompts.Count);
        Assert.Equal(icl, unit.OrderedPrompts[0][Query]);
        float[][] logits = [.. unit.OrderedPrompts.Select(order => TokenScores.LogProbabilities(model.Capture([new Prompt("o", order[Query], -1)], new CaptureRequest { Taps = CaptureTaps.Logits }, []).Prompts[0].Logits))];
        Assert.Equal(logits[0].Zip(logits[1], (p, q) => Math.Abs(Math.Exp(p) - Math.Exp(q)) / 2).Sum(), at["order_sensitivity"]!.Value, 1e-9);
        Assert.True(at["order_sensitivity"] > 0);

        int[] Of(Condition condition) => unit.Content.Prompts.Where(prompt => prompt.Condition == condition).ElementAt(Query).Tokens;
    }

    [Fact]
    public void One_demonstration_has_no_order_to_be_sensitive_to()
    {
        StudyRunner.Run(_folder.Plan("runs=1", "demonstrations.count=1", "metrics=[order]"), _folder.PathOf("one"), new RunOptions { Threads = 1 });
        Assert.All(StudyOutput.Open(_folder.PathOf("one")).Units().Single().Measures.Single().Values, value => Assert.Null(value));
    }

    [Fact]
    public void Adapters_overlap_in_pairs_of_runs_with_the_numbers_of_the_adapters_themselves()
    {
        StudyRunner.Run(_folder.Plan("runs=5", "tuning.learning_rate=1e-2", "tuning.epochs=2", "tuning.rank=2", "metrics=[adapters]", "keep=[adapters]"), _folder.PathOf("pairs"), new RunOptions { Threads = 1 });
        var units = StudyOutput.Open(_folder.PathOf("pairs")).Units().ToList();
        var rows = new List<MetricValue>();
        var results = StudyResults.FromUnits(units, new ResultOptions { Study = "s" }, new RowSinks(value => { if (value.Metric == MetricNames.AdapterOverlap) rows.Add(value); }, _ => { }, _ => { }, (_, _) => { }));
        // Two blocks, two layers; the fifth run has no partner.
        Assert.Equal([0, 0, 0, 0, 2, 2, 2, 2], rows.Select(row => row.Run));
        foreach (var row in rows)
        {
            Assert.Equal((null, "it"), (row.Query, row.Pair));
            var target = row.Tap == "q_proj" ? LinearLayer.QProj : LinearLayer.VProj;
            var updates = units.Skip(row.Run).Take(2).Select(unit => unit.Adapters!.Value.Final.Blocks[row.Layer!.Value - 1][target]).Select(pair => Update(pair)).ToArray();
            double expected = Math.Pow((updates[0].Transpose() * updates[1]).FrobeniusNorm(), 2) / Math.Min(updates[0].ColumnCount, updates[1].ColumnCount);
            Assert.Equal(expected, row.Value!.Value, 1e-4);
            Assert.InRange(row.Value!.Value, 0.001, 0.999);
        }
        var summary = results.Find(new SeriesKey(new StudyGroup("tiny", "words", "base", "base"), 2, "v_proj", "it", MetricNames.AdapterOverlap))!;
        Assert.Equal([0, 2], summary.Runs.Select(run => run.Run));
        // In another order pairs are the same: 1 and 0, 3 and 2.
        var backwards = StudyResults.FromUnits(units.AsEnumerable().Reverse(), new ResultOptions { Study = "s" }).Find(summary.Key)!;
        Assert.Equal(summary.Runs, backwards.Runs);

        // The left singular vectors of B A, by the decomposition itself.
        static Matrix<double> Update(LoraPair pair)
        {
            const int Rank = 2;
            var update = Matrix<double>.Build.Dense(pair.B.Length / Rank, Rank, (i, j) => pair.B[i * Rank + j]) * Matrix<double>.Build.Dense(Rank, pair.A.Length / Rank, (i, j) => pair.A[i * (pair.A.Length / Rank) + j]);
            var svd = update.Svd();
            return svd.U.SubMatrix(0, update.RowCount, 0, svd.S.Count(value => value > 1e-5 * svd.S[0]));
        }
    }

    [Fact]
    public void A_level_asks_for_what_makes_sense_of_it()
    {
        var plan = _folder.WithFactors("""

            metrics: [training_attention, order, adapters]
            factors:
              - id: f
                levels:
                  - {id: reordered, demonstrations: {order: 1}}
                  - {id: random, context: random_tokens}
                  - {id: full, tuning: {method: full}}
            """).Plan("runs=1");
        Assert.Equal(["training_attention order adapters", "training_attention adapters", "adapters", "training_attention order"], plan.Units.Select(unit => string.Join(' ', unit.Metrics.Select(metric => SpecWords.Word(metric)))));
    }

    private static void Check(UnitRecord unit)
    {
        var at = unit.Measures.ToDictionary(one => $"{one.Layer} {one.Pair} {one.Metric}", one => one.Values);
        var answers = UnitMetrics.Answers(unit).ToDictionary(one => $"{one.Pair} {one.Metric}", one => one.Values);
        int last = TinyModel.Config.Layers;
        // The last layer's state is all that the answer's first token depends on; the embedding of one and the same token is the anchor's own.
        Assert.Equal(answers["anchor accuracy"], at["0 icl patched_accuracy"]);
        Assert.Equal(answers["anchor accuracy"], at["0 it patched_accuracy"]);
        Assert.Contains($"{last} icl patched_accuracy", at.Keys);
        Assert.All(at[$"{last} anchor-it attention_map"], value => Assert.InRange(value!.Value, -1, 1));
        Assert.Contains($"{last} icl-it attention_update", at.Keys);
        Assert.All(at[" icl-it vocabulary_divergence"], value => Assert.True(value >= 0));
        Assert.Equal(unit.Queries.Count, at[" anchor-icl token_rank"].Count);
    }

    private static string Text(MetricSeries one) => $"{one.Layer} {one.Tap} {one.Pair} {one.Metric} {string.Join(' ', one.Values)}";

    public void Dispose() => _folder.Dispose();
}
