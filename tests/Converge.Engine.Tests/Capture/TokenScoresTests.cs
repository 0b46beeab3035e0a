using Converge.Engine.Capture;
using Converge.Engine.Model;
using Converge.Engine.Tests.Invariance;
using FsCheck;
using FsCheck.Fluent;

namespace Converge.Engine.Tests.Capture;

public sealed class TokenScoresTests
{
    [Fact]
    public void Log_probabilities_are_those_worked_by_hand()
    {
        // exp: 1, 2, 5 of 8, far from zero so that a missing shift would overflow.
        float[] logits = [1000, 1000 + (float)Math.Log(2), 1000 + (float)Math.Log(5)];
        double[] expected = [Math.Log(1 / 8.0), Math.Log(2 / 8.0), Math.Log(5 / 8.0)];
        Assert.All(TokenScores.LogProbabilities(logits).Zip(expected), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1e-4));
        Assert.Equal([0f], TokenScores.LogProbabilities([-7f]));
        Assert.Throws<ArgumentException>(() => TokenScores.LogProbabilities([]));
    }

    [Fact]
    public void Equal_scores_are_ordered_by_their_ids()
    {
        float[] scores = [1, 3, 2, 3, -1, 2];
        Assert.Equal([1, 3, 2, 5, 0, 4], TokenScores.Top(scores, 6));
        Assert.Equal([1, 3], TokenScores.Top(scores, 2));
        Assert.Equal([], TokenScores.Top(scores, 0));
        Assert.Equal(1, TokenScores.Greatest(scores));
        Assert.Equal([5, 1, 3, 2, 6, 4], Enumerable.Range(0, 6).Select(token => TokenScores.Rank(scores, token)));
        Assert.Throws<ArgumentOutOfRangeException>(() => TokenScores.Top(scores, 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => TokenScores.Rank(scores, 6));
    }

    [Fact]
    public void The_rank_of_a_token_is_its_place_in_the_whole_order() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll<int[]>(values =>
    {
        float[] scores = [.. values.Append(0).Select(value => (float)(value % 7))];
        int[] order = TokenScores.Top(scores, scores.Length);
        for (int i = 0; i < order.Length; i++) Assert.Equal(i + 1, TokenScores.Rank(scores, order[i]));
        Assert.Equal(order[0], TokenScores.Greatest(scores));
    }));

    [Fact]
    public void Logits_give_the_log_probabilities_that_continuations_are_scored_with()
    {
        using var random = new RandomCase(4);
        using var model = LlamaModel.Load(random.Checkpoint, ComputeMode.F32, 2);
        var prompts = random.Prompts.Take(3).ToList();
        int vocabulary = random.Config.VocabSize;
        var continuations = Enumerable.Range(0, prompts.Count * vocabulary).Select(i => new Continuation(i / vocabulary, [i % vocabulary])).ToList();
        var captured = model.Capture(prompts, new CaptureRequest { Taps = CaptureTaps.Logits, Continuations = continuations }, random.Adapters);
        for (int i = 0; i < prompts.Count; i++)
        {
            float[] all = TokenScores.LogProbabilities(captured.Prompts[i].Logits);
            Assert.InRange(Math.Abs(all.Sum(value => Math.Exp(value)) - 1), 0, 1e-5);
            for (int token = 0; token < vocabulary; token++) Assert.InRange(Math.Abs(all[token] - captured.LogProbabilities[i * vocabulary + token]), 0, 2e-6);
        }
    }
}
