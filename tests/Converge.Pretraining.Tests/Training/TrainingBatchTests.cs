using Converge.Engine;
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
        Assert.True(losses.Other is null && losses.IsEmpty && losses.Mean(_ => true) is null);
        // The first place of a document is not predicted and must not count.
        losses.Add(s_batch, [[99, 1, 2, 10, 20], [99, 30, 60, 6]], others: true);
        Assert.Equal([KeyValuePair.Create("copy", 1.5), KeyValuePair.Create("words/usual", 6.0)], losses.ByKind);
        Assert.Equal(3, losses.Mean(_ => true)!.Value, 1e-12);
        Assert.Equal(1.5, losses.Mean(kind => kind == "copy")!.Value, 1e-12);
        Assert.Null(losses.Mean(kind => kind == "none"));
        Assert.Equal(30, losses.Other!.Value, 1e-12);
        Assert.False(losses.IsEmpty);
        losses.Add(s_batch, [[99, 4, 5, 10, 20], [99, 30, 60, 0]], others: true);
        Assert.Equal(3, losses.Mean(kind => kind == "copy")!.Value, 1e-12);
        Assert.Equal(30, losses.Other.Value, 1e-12);
    }

    [Fact]
    public void Losses_of_other_tokens_that_are_not_computed_are_not_averaged()
    {
        var losses = new KindLosses();
        losses.Add(s_batch, [[0, 1, 2, 0, 0], [0, 0, 0, 6]], others: false);
        Assert.Equal((null, 3.0), (losses.Other, losses.Mean(_ => true)));
    }

    [Theory]
    [InlineData(true, 0.1)]
    [InlineData(false, 0.1)]
    [InlineData(true, double.PositiveInfinity)]
    public void Sums_come_back_from_their_note_to_the_bit_and_go_on(bool others, double loss)
    {
        double[][] tokens = [[0, loss, 0.2, 1e-17, 1e300], [0, 1 / 3.0, 0, 0.7]];
        KindLosses whole = new(), before = new();
        foreach (var losses in new[] { whole, before }) losses.Add(s_batch, tokens, others);
        var after = KindLosses.FromNote("file", before.ToNote());
        Assert.Equal(whole.ToNote(), after.ToNote());
        foreach (var losses in new[] { whole, after }) losses.Add(s_batch, tokens, others);
        Assert.Equal((whole.Other, whole.Mean(_ => true)), (after.Other, after.Mean(_ => true)));
        Assert.Equal(whole.ByKind, after.ByKind);
        Assert.True(KindLosses.FromNote("file", new KindLosses().ToNote()).IsEmpty);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"Item1\":{\"Item1\":0,\"Item2\":0},\"Item2\":{\"copy\":1}}")]
    public void A_malformed_note_is_told(string note) => Assert.Equal("file", Assert.Throws<BadInputException>(() => KindLosses.FromNote("file", note)).Where);
}
