using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tokenizers;
using Converge.Pretraining.Measuring;
using Converge.Tests;

namespace Converge.Pretraining.Tests;

/// <summary>The committed checkpoint still learns in context; bounds lie four standard errors from what <c>converge icl</c> measured with 300 episodes.</summary>
public sealed class PocketModelTests
{
    private const int Episodes = 100;

    [Theory]
    [InlineData("sentiment", IclLabels.Usual, false, 0, 0.62, 0.96)]
    [InlineData("sentiment", IclLabels.Unseen, false, 16, 0.60, 1.0)]
    [InlineData("sentiment", IclLabels.Flipped, false, 16, 0.62, 1.0)]
    [InlineData("subjectivity", IclLabels.Unseen, false, 16, 0.68, 1.0)]
    [InlineData("sentiment", IclLabels.Unseen, false, 0, 0.32, 0.72)]
    [InlineData("sentiment", IclLabels.Unseen, true, 16, 0.28, 0.68)]
    public void It_learns_in_context(string task, IclLabels labels, bool shuffled, int shots, double least, double most)
    {
        using var checkpoint = Checkpoint.Open(Repository.PathOf("models", "pocket"));
        using var model = LlamaModel.Load(checkpoint, ComputeMode.F32, threads: 2);
        var measurement = new IclMeasurement(model, Tokenizer.Load(checkpoint.Directory), Episodes, seed: 2);
        var curve = measurement.Run(new IclCondition(task, labels, Instructed: true, shuffled));
        Assert.InRange(curve.Points.Single(point => point.Shots == shots).Accuracy, least, most);
    }
}
