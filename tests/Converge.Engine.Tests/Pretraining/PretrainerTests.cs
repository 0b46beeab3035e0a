using Converge.Engine.Pretraining;

namespace Converge.Engine.Tests.Pretraining;

/// <summary>What an update does.</summary>
public sealed class PretrainerTests
{
    public static TheoryData<bool> WithMuon => [false, true];

    [Theory, MemberData(nameof(WithMuon))]
    public void The_number_of_threads_does_not_change_a_bit(bool muon)
    {
        using Pretrainer one = TinyTraining.Start(1), two = TinyTraining.Start(2), three = TinyTraining.Start(3);
        for (int i = 0; i < 6; i++)
        {
            var (losses, norm) = one.Step(TinyTraining.Batch(i), Update(muon));
            foreach (var trainer in new[] { two, three })
            {
                var other = trainer.Step(TinyTraining.Batch(i), Update(muon));
                Assert.Equal(norm, other.GradientNorm);
                Assert.Equal(losses, other.Losses);
                TinyTraining.AssertSame(one, trainer);
            }
        }
        Assert.Equal(6, one.Updates);
    }

    [Theory, MemberData(nameof(WithMuon))]
    public void Gradients_above_the_largest_norm_are_scaled_down_to_it(bool muon)
    {
        using Pretrainer free = TinyTraining.Start(), clipped = TinyTraining.Start();
        var update = Update(muon) with { Beta1 = 0.75, MuonMomentum = muon ? 0.5 : null };
        double norm = free.Step(TinyTraining.Batch(0), update with { LargestNorm = 1e9 }).GradientNorm;
        // After one update the first moment is a quarter of the gradient, and Muon's momentum all of it.
        var gradients = free.First.Names.ToDictionary(name => name, name => free.First[name].Span.ToArray().Select(value => value / (muon && free.First.IsBlockMatrix(name) ? 1.0 : 0.25)).ToArray());
        double expected = Math.Sqrt(gradients.Values.Sum(values => values.Sum(value => value * value)));
        Assert.Equal(expected, norm, 1e-5 * expected);

        Assert.Equal(norm, clipped.Step(TinyTraining.Batch(0), update with { LargestNorm = norm / 8 }).GradientNorm);
        foreach (var (name, values) in TinyTraining.Values(free).Where(pair => !pair.Key.StartsWith("weight", StringComparison.Ordinal)))
        {
            // A gradient an eighth as large has a second moment of a sixty-fourth.
            double part = name.StartsWith("first", StringComparison.Ordinal) ? 1 / 8.0 : 1 / 64.0;
            float[] other = TinyTraining.Values(clipped)[name];
            for (int i = 0; i < values.Length; i++) Assert.Equal(part * values[i], other[i], 1e-5 * part * Math.Abs(values[i]));
        }
    }

    [Fact]
    public void Gradients_below_the_largest_norm_are_left_alone()
    {
        using Pretrainer free = TinyTraining.Start(), bounded = TinyTraining.Start();
        double norm = free.Step(TinyTraining.Batch(0), TinyTraining.AdamW with { LargestNorm = double.PositiveInfinity }).GradientNorm;
        bounded.Step(TinyTraining.Batch(0), TinyTraining.AdamW with { LargestNorm = norm * 1.001 });
        TinyTraining.AssertSame(free, bounded);
    }

    [Theory, MemberData(nameof(WithMuon))]
    public void Weight_decay_shrinks_matrices_and_leaves_vectors_alone(bool muon)
    {
        using Pretrainer start = TinyTraining.Start(), plain = TinyTraining.Start(), decayed = TinyTraining.Start();
        // Vectors begin at 0 and 1 and must be somewhere else to show that they are left alone.
        foreach (var trainer in new[] { start, plain, decayed }) trainer.Step(TinyTraining.Batch(0), Update(muon));
        plain.Step(TinyTraining.Batch(1), Update(muon) with { WeightDecay = 0 });
        decayed.Step(TinyTraining.Batch(1), Update(muon) with { WeightDecay = 2 });
        var (before, without, with) = (TinyTraining.Values(start), TinyTraining.Values(plain), TinyTraining.Values(decayed));
        foreach (var name in before.Keys)
        {
            if (TinyTraining.IsVector(name) || !name.StartsWith("weight", StringComparison.Ordinal)) Assert.Equal(without[name], with[name]);
            else
                for (int i = 0; i < before[name].Length; i++) Assert.Equal(without[name][i] - 0.01 * 2 * before[name][i], with[name][i], 1e-6);
        }
    }

    [Fact]
    public void Losses_are_those_before_the_update_without_their_factors_and_nothing_where_a_factor_is_0()
    {
        using var trainer = TinyTraining.Start();
        var batch = TinyTraining.Batch(0);
        var before = trainer.Losses(batch);
        var (losses, _) = trainer.Step(batch, TinyTraining.AdamW);
        for (int s = 0; s < batch.Count; s++)
        {
            Assert.Equal(batch[s].Tokens.Length, losses[s].Length);
            for (int t = 0; t < losses[s].Length; t++)
            {
                Assert.Equal(before[s][t], losses[s][t], 1e-5);
                Assert.Equal(t > 0 && batch[s].Factors[t] != 0, losses[s][t] > 0);
            }
        }
        Assert.NotEqual(before[0].Sum(), trainer.Losses(batch)[0].Sum(), 1e-3);
        // No document sees another.
        var together = trainer.Losses(batch);
        for (int s = 0; s < batch.Count; s++) Assert.Equal(together[s], trainer.Losses([batch[s]])[0]);
    }

    [Fact]
    public void A_model_that_knows_nothing_is_as_wrong_as_chance()
    {
        using var trainer = Pretrainer.Start(TinyTraining.Config, new InitialScales(0, 1, 1), 1, 1);
        var batch = TinyTraining.Batch(0);
        foreach (var (sequence, losses) in batch.Zip(trainer.Losses(batch)))
            for (int t = 1; t < losses.Length; t++) Assert.Equal(sequence.Factors[t] == 0 ? 0 : Math.Log(21), losses[t], 1e-6);
    }

    [Fact]
    public void Factors_weigh_the_gradient()
    {
        using Pretrainer one = TinyTraining.Start(), twice = TinyTraining.Start();
        var batch = TinyTraining.Batch(0);
        var update = TinyTraining.AdamW with { LargestNorm = 1e9 };
        double norm = one.Step(batch, update).GradientNorm, other = twice.Step([.. batch.Select(sequence => sequence with { Factors = [.. sequence.Factors.Select(factor => 2 * factor)] })], update).GradientNorm;
        Assert.Equal(2 * norm, other, 1e-6 * norm);
    }

    [Fact]
    public void A_loss_that_is_not_finite_ends_the_training_with_its_step()
    {
        using var trainer = TinyTraining.Start();
        var error = Assert.Throws<BadInputException>(() =>
        {
            for (int i = 0; i < 5; i++) trainer.Step(TinyTraining.Batch(i), TinyTraining.AdamW with { LearningRate = 1e30 });
        });
        Assert.Contains($"the loss of step {trainer.Updates + 1} is not finite", error.Message);
        Assert.InRange(trainer.Updates, 1, 4);
    }

    private static PretrainUpdate Update(bool muon) => muon ? TinyTraining.Muon : TinyTraining.AdamW;
}
