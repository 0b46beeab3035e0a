using Converge.Pretraining.Training;

namespace Converge.Pretraining.Tests.Training;

/// <summary>How tokens are weighted in a batch's loss, and how losses are averaged.</summary>
public sealed class TrainingBatchTests
{
    // Two documents; the second and third token of the first and the last of the second are answers. Of nine tokens two are first ones, three answers, four others.
    private static readonly TrainingBatch s_batch = new([
        new EncodedDocument("copy", [1, 5, 6, 7, 2], [false, true, true, false, false]),
        new EncodedDocument("words/usual", [1, 8, 9, 5], [false, false, false, true]),
    ]);

    [Fact]
    public void The_loss_is_the_mean_over_answers_plus_a_share_of_the_mean_over_other_tokens()
    {
        var sequences = s_batch.Sequences(0.3);
        Assert.Equal(9, s_batch.Tokens);
        Assert.Equal([1, 5, 6, 7, 2], sequences[0].Tokens);
        Assert.Equal([1 / 3.0, 1 / 3.0, 0.075, 0.075], sequences[0].Factors.Skip(1));
        Assert.Equal([0.075, 0.075, 1 / 3.0], sequences[1].Factors.Skip(1));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0)]
    [InlineData(2)]
    public void Factors_of_all_tokens_but_the_first_ones_add_up(double otherTokens) =>
        Assert.Equal(1 + otherTokens, s_batch.Sequences(otherTokens).Sum(sequence => sequence.Factors.Skip(1).Sum()), 1e-12);

    [Fact]
    public void Without_answers_the_other_tokens_keep_their_weight()
    {
        var batch = new TrainingBatch([new EncodedDocument("story", [1, 5, 6], [false, false, false])]);
        Assert.Equal([0.15, 0.15], batch.Sequences(0.3)[0].Factors.Skip(1));
    }

    [Fact]
    public void Losses_are_averaged_over_answers_by_kind_and_over_all_other_tokens()
    {
        var losses = new KindLosses();
        Assert.True(double.IsNaN(losses.Other) && double.IsNaN(losses.Mean(_ => true)));
        // The first place of a document is not predicted and must not count.
        losses.Add(s_batch, [[99, 1, 2, 10, 20], [99, 30, 60, 6]]);
        Assert.Equal([KeyValuePair.Create("copy", 1.5), KeyValuePair.Create("words/usual", 6.0)], losses.ByKind);
        Assert.Equal(3, losses.Mean(_ => true), 1e-12);
        Assert.Equal(1.5, losses.Mean(kind => kind == "copy"), 1e-12);
        Assert.True(double.IsNaN(losses.Mean(kind => kind == "none")));
        Assert.Equal(30, losses.Other, 1e-12);
        losses.Add(s_batch, [[99, 4, 5, 10, 20], [99, 30, 60, 0]]);
        Assert.Equal(3, losses.Mean(kind => kind == "copy"), 1e-12);
        Assert.Equal(30, losses.Other, 1e-12);
    }
}
