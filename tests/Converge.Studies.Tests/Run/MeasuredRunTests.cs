using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Run;
using Converge.Studies.Tests.Authored;

namespace Converge.Studies.Tests.Run;

/// <summary>Metrics that need more than states, measured by the engine during a study.</summary>
public sealed class MeasuredRunTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    public MeasuredRunTests() => RandomCheckpoint.Write(_folder.PathOf("model"), TinyModel.Config, seed: 5);

    [Fact]
    public void Attention_vocabulary_and_task_vectors_are_measured_stored_and_the_same_in_any_wave()
    {
        string[] settings = ["runs=2", "tuning.learning_rate=1e-2", "tuning.epochs=2", "metrics=[attention, vocabulary, task_vector]"];
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
