using Converge.Engine.Model;
using Converge.Engine.Tuning;
using FsCheck;
using FsCheck.Fluent;

namespace Converge.Engine.Tests.Invariance;

/// <summary>A tuning's result is a function of weights, initial adapter, data and recipe alone, bit for bit.</summary>
public sealed class TuningInvarianceTests
{
    [Theory, InlineData(ComputeMode.F32), InlineData(ComputeMode.BF16)]
    public void Jobs_tuned_together_are_those_tuned_alone(ComputeMode mode) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(25), Prop.ForAll<uint>(seed =>
    {
        using var random = new RandomCase(seed);
        var jobs = Enumerable.Range(0, 2 + random.Random.Next(3)).Select(i => Job(random, i, dropout: i % 2 * 0.2)).ToList();
        using var two = LlamaModel.Load(random.Checkpoint, mode, 2);
        using var one = LlamaModel.Load(random.Checkpoint, mode, 1);
        var together = two.Tune(jobs);
        for (int i = 0; i < jobs.Count; i++)
        {
            var alone = Assert.Single(one.Tune([jobs[i]]));
            Assert.Equal(together[i].Steps, alone.Steps);
            Assert.Equal(Values(together[i].Final), Values(alone.Final));
        }
    }));

    [Fact]
    public void Dropout_changes_the_result_and_its_seed_decides_how()
    {
        using var random = new RandomCase(3);
        using var model = LlamaModel.Load(random.Checkpoint, ComputeMode.F32, 2);
        var job = Job(random, 0, dropout: 0.3);
        var none = job with { Initial = job.Initial with { Recipe = job.Initial.Recipe with { Dropout = 0 } } };
        var other = job with { Recipe = job.Recipe with { Seed = 99 } };
        var results = model.Tune([job, job, none, other]).Select(result => Values(result.Final)).ToList();
        Assert.Equal(results[0], results[1]);
        Assert.NotEqual(results[0], results[2]);
        Assert.NotEqual(results[0], results[3]);
    }

    private static TuningJob Job(RandomCase random, int index, double dropout)
    {
        var rows = Enumerable.Range(0, 1 + random.Random.Next(4)).Select(_ => random.Tokens(2 + random.Random.Next(15))).Select(tokens => new TuningRow(tokens, 1 + random.Random.Next(tokens.Length - 1))).ToList();
        var recipe = new TuningRecipe { LearningRate = 1e-2, Steps = 1 + random.Random.Next(4), BatchSize = 1 + random.Random.Next(3), WeightDecay = 0.01, Seed = (ulong)index };
        return new TuningJob($"job {index}", random.Adapter((ulong)(10 + index), dropout), rows, recipe);
    }

    private static float[] Values(LoraAdapter adapter) => [.. adapter.Blocks.SelectMany(block => block.OrderBy(pair => pair.Key).SelectMany(pair => pair.Value.A.Concat(pair.Value.B)))];
}
