using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tokenizers;
using Converge.Pretraining.Measuring;
using Converge.Tests;

namespace Converge.Pretraining.Tests;

/// <summary>The committed checkpoint still learns in context; bounds lie four standard errors of the difference from what <c>converge icl</c> measured with 300 episodes.</summary>
public sealed class PocketModelTests
{
    private const int Episodes = 100;

    [Theory]
    [InlineData("sentiment", IclLabels.Usual, false, 0, 0.64, 1.0)]
    [InlineData("sentiment", IclLabels.Usual, false, 16, 0.87, 1.0)]
    [InlineData("sentiment", IclLabels.Unseen, false, 16, 0.81, 1.0)]
    [InlineData("sentiment", IclLabels.Flipped, false, 16, 0.87, 1.0)]
    [InlineData("topic", IclLabels.Unseen, false, 16, 0.91, 1.0)]
    [InlineData("subjectivity", IclLabels.Unseen, false, 16, 0.89, 1.0)]
    [InlineData("sentiment", IclLabels.Unseen, false, 0, 0.23, 0.69)]
    [InlineData("sentiment", IclLabels.Unseen, true, 16, 0.26, 0.72)]
    public void It_learns_in_context(string task, IclLabels labels, bool shuffled, int shots, double least, double most)
    {
        using var checkpoint = Checkpoint.Open(Repository.PathOf("models", "pocket"));
        using var model = LlamaModel.Load(checkpoint, ComputeMode.F32, threads: 2);
        var measurement = new IclMeasurement(model, Tokenizer.Load(checkpoint.Directory), Episodes, seed: 2);
        var curve = measurement.Run(new IclCondition(task, labels, Instructed: true, shuffled));
        Assert.InRange(curve.Points.Single(point => point.Shots == shots).Accuracy, least, most);
    }
}
