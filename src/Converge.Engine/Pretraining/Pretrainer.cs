using Converge.Engine.Model;
using Converge.Engine.Tuning;
using Converge.Numerics;

namespace Converge.Engine.Pretraining;

/// <summary>
/// Trains a model from scratch in float32. Its weights after some updates are a pure function of the start and the batches, whatever the number of
/// threads. Holds four times the parameters: weights, gradients and two moments.
/// </summary>
public sealed class Pretrainer : IDisposable
{
    private readonly WeightTrainer<float> _trainer;

    internal Pretrainer(ModelConfig config, ModelParameters<float> parameters, int threads)
    {
        Config = config;
        _trainer = new WeightTrainer<float>(config, parameters, threads);
    }

    /// <summary>The model's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>Updates so far.</summary>
    public int Updates { get; internal set; }

    /// <summary>The weights as they are now; views that are valid until this is disposed.</summary>
    public LlamaWeights Weights => _trainer.Parameters.Weights;

    /// <summary>The number of parameters.</summary>
    public long ParameterCount => Parameters.Matrices.Sum(matrix => (long)matrix.Rows * matrix.Columns);

    internal ModelParameters<float> Parameters => _trainer.Parameters;

    internal ModelParameters<float> First => _trainer.First;

    internal ModelParameters<float> Second => _trainer.Second;

    /// <summary>Fresh weights, normally distributed; every element is a function of (seed, tensor, element) alone.</summary>
    public static Pretrainer Start(ModelConfig config, InitialScales scales, ulong seed, int threads)
    {
        var parameters = new ModelParameters<float>(config);
        FreshWeights.Fill(parameters, config, scales, seed);
        return new Pretrainer(config, parameters, threads);
    }

    /// <summary>One update.</summary>
    /// <param name="batch">The documents; at least one token counts.</param>
    /// <param name="update">The update's constants.</param>
    /// <returns>The cross-entropy, in nats and without its factor, of every token of every document (0 where its factor is 0), and the gradient's norm before clipping.</returns>
    /// <exception cref="BadInputException">The loss is not finite.</exception>
    public (IReadOnlyList<double[]> Losses, double GradientNorm) Step(IReadOnlyList<TrainingSequence> batch, PretrainUpdate update)
    {
        var forest = Forest(batch);
        var (targets, places) = Targets(forest, batch);
        var losses = new double[targets.Rows.Length];
        _trainer.Differentiate(new Batch<float>(forest, []), targets, losses);
        TuningChecks.CheckLoss("pretraining", Updates + 1, losses.Sum());
        var matrices = new AdamW.Settings(update.LearningRate, update.Beta1, update.Beta2, update.Epsilon, update.WeightDecay);
        double norm = _trainer.Update(Updates + 1, matrices, matrices with { WeightDecay = 0 }, update.LargestNorm, update.MuonMomentum is { } momentum ? new Muon.Settings(update.LearningRate, momentum, update.WeightDecay) : null);
        Updates++;
        return (Spread(batch, places, losses), norm);
    }

    /// <summary>The cross-entropies as <see cref="Step"/> gives them, without an update.</summary>
    public IReadOnlyList<double[]> Losses(IReadOnlyList<TrainingSequence> batch)
    {
        var forest = Forest(batch);
        var (targets, places) = Targets(forest, batch);
        return Spread(batch, places, _trainer.Losses(forest, targets));
    }

    /// <inheritdoc/>
    public void Dispose() => _trainer.Dispose();

    private static PromptForest Forest(IReadOnlyList<TrainingSequence> batch) => PromptForest.Of([.. batch.Select(sequence => (sequence.Tokens, -1))], share: false);

    private static (LossTargets Targets, List<(int Sequence, int Token)> Places) Targets(PromptForest forest, IReadOnlyList<TrainingSequence> batch)
    {
        var (rows, tokens, factors, places) = (new List<int>(), new List<int>(), new List<double>(), new List<(int, int)>());
        for (int s = 0; s < batch.Count; s++)
        {
            int[] path = forest.Rows(s);
            for (int t = 1; t < path.Length; t++)
            {
                if (batch[s].Factors[t] == 0) continue;
                rows.Add(path[t - 1]);
                tokens.Add(batch[s].Tokens[t]);
                factors.Add(batch[s].Factors[t]);
                places.Add((s, t));
            }
        }
        return (new LossTargets([.. rows], [.. tokens], [.. factors]), places);
    }

    private static double[][] Spread(IReadOnlyList<TrainingSequence> batch, List<(int Sequence, int Token)> places, double[] losses)
    {
        double[][] spread = [.. batch.Select(sequence => new double[sequence.Tokens.Length])];
        for (int i = 0; i < losses.Length; i++) spread[places[i].Sequence][places[i].Token] = losses[i];
        return spread;
    }
}
