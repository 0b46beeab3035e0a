using Converge.Engine.Model;
using Converge.Engine.Tuning;
using Converge.Numerics;

namespace Converge.Engine.Tests.Invariance;

/// <summary>In tuning the last block runs for the rows that predict something. Rows whose predictions count nothing take part in it too, and must change nothing.</summary>
public sealed class LastBlockTests
{
    [Fact]
    public void Rows_that_predict_nothing_are_left_out_without_changing_a_gradient()
    {
        for (ulong seed = 1; seed <= 12; seed++)
        {
            using var random = new RandomCase(seed);
            List<(int[] Tokens, int Adapter)> rows = [.. Enumerable.Range(0, 4).Select(i => (random.Tokens(9 + i), i / 2))];
            LoraParameters<float>[] adapters = [.. new ulong[] { 3, 4 }.Select(number => LoraParameters<float>.From(random.Adapter(number, dropout: 0.2), random.Config))];
            var forest = PromptForest.Of(rows, share: false);
            var batch = new Batch<float>(forest, adapters, [new Dropout(0.2, 5), new Dropout(0.2, 6)]);
            // Some tokens of every sequence are predicted.
            int[] predicting = [.. Enumerable.Range(0, forest.Tokens.Length - 1).Where(row => row % 11 is 3 or 4 or 8)];
            var some = new LossTargets(predicting, Array.ConvertAll(predicting, row => forest.Tokens[row + 1]), Array.ConvertAll(predicting, row => 1.0 / (1 + row)));
            int[] others = [.. Enumerable.Range(0, forest.Tokens.Length).Except(predicting)];
            var all = new LossTargets([.. some.Rows, .. others], [.. some.Tokens, .. others.Select(_ => 0)], [.. some.Factors, .. others.Select(_ => 0.0)]);

            var pruned = GradientsOf(random, batch, adapters, some);
            var whole = GradientsOf(random, batch, adapters, all);

            Assert.Equal(whole.Length, pruned.Length);
            for (int i = 0; i < whole.Length; i++) Assert.True(whole[i] == pruned[i], $"seed {seed}, number {i}: {pruned[i]}, and {whole[i]} with all rows");
            Assert.Contains(whole, value => value != 0);
            foreach (var adapter in adapters) adapter.Dispose();
        }
    }

    private static float[] GradientsOf(RandomCase random, Batch<float> batch, LoraParameters<float>[] adapters, LossTargets targets)
    {
        using var pool = new WorkPool(2);
        using var rotary = new Rotary<float>(RotaryFrequencies.Of(random.Config), random.Config.MaxPositions);
        using var pass = new TuningPass<float>(random.Config, random.Checkpoint.Weights, rotary, pool);
        LoraParameters<float>[] gradients = [.. adapters.Select(adapter => adapter.Zeros())];
        var losses = new double[targets.Rows.Length];
        pass.Run(batch, targets, new Gradients<float>(gradients, null), 1, losses);
        float[] values = [.. gradients.SelectMany(gradient => gradient.Matrices).SelectMany(matrix => matrix.Span.ToArray())];
        foreach (var gradient in gradients) gradient.Dispose();
        return values;
    }
}
