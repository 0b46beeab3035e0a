using System.Numerics;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Tuning;

/// <summary>All weights of a model with their gradients and moments, and the two halves of an update: differentiate, then move.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class WeightTrainer<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ModelConfig _config;
    private readonly WorkPool _pool;
    private readonly Rotary<T> _rotary;
    private readonly TuningPass<T> _pass;
    private readonly MemoryPlan _memory;

    /// <summary>Takes over <paramref name="parameters"/> and disposes of them.</summary>
    public WeightTrainer(ModelConfig config, ModelParameters<T> parameters, int threads, MemoryPlan? memory = null, Products products = Products.Exact)
    {
        (_config, Parameters, _memory) = (config, parameters, memory ?? MemoryPlan.Unlimited);
        (Gradients, First, Second) = (new ModelParameters<T>(config), new ModelParameters<T>(config), new ModelParameters<T>(config));
        _pool = new WorkPool(threads);
        _rotary = new Rotary<T>(RotaryFrequencies.Of(config), config.MaxPositions);
        _pass = new TuningPass<T>(config, Parameters.Weights, _rotary, _pool, products: products);
    }

    /// <summary>The weights.</summary>
    public ModelParameters<T> Parameters { get; }

    /// <summary>The gradients of the last batch; scaled down after an update that clipped them.</summary>
    public ModelParameters<T> Gradients { get; }

    /// <summary>AdamW's first moments.</summary>
    public ModelParameters<T> First { get; }

    /// <summary>AdamW's second moments.</summary>
    public ModelParameters<T> Second { get; }

    /// <summary>Sets the gradients to those of the targets' weighted cross-entropies.</summary>
    /// <param name="batch">The sequences.</param>
    /// <param name="targets">What is to be predicted.</param>
    /// <param name="losses">The cross-entropy of each target, in nats, goes here.</param>
    public void Differentiate(Batch<T> batch, LossTargets targets, Memory<double> losses)
    {
        foreach (var matrix in Gradients.Matrices) matrix.View.Clear();
        _pass.Run(batch, targets, new Gradients<T>([], Gradients.Weights), _memory.KeptBlocks<T>(_config, batch.Tokens), losses);
    }

    /// <summary>The cross-entropy of each target, in nats, under the weights as they are.</summary>
    public double[] Losses(PromptForest forest, LossTargets targets) => _pass.Losses(new Batch<T>(forest, []), targets);

    /// <summary>One update by AdamW; gradients whose norm is above <paramref name="largestNorm"/> are scaled down to it first.</summary>
    /// <param name="step">From 1.</param>
    /// <param name="matrices">The constants for matrices.</param>
    /// <param name="vectors">The constants for norms' weights and biases.</param>
    /// <param name="largestNorm">The largest Euclidean norm of all gradients together.</param>
    /// <param name="muon">Muon's constants for the blocks' matrices, null where AdamW moves them too.</param>
    /// <returns>The norm before any scaling.</returns>
    public double Update(int step, AdamW.Settings matrices, AdamW.Settings vectors, double largestNorm = double.PositiveInfinity, Muon.Settings? muon = null)
    {
        double norm = GradientNorm.Of(Gradients.Matrices);
        if (norm > largestNorm)
        {
            _pool.For(Gradients.Matrices.Length, (Gradients.Matrices, factor: T.CreateTruncating(largestNorm / norm)), static (all, i) => all.Matrices[i].Span.MultiplyBy(all.factor));
        }
        foreach (string name in Parameters.Names.Where(name => muon is null || !Parameters.IsBlockMatrix(name)))
            AdamW.Update(_pool, Parameters[name], Gradients[name], First[name], Second[name], step, Parameters.IsVector(name) ? vectors : matrices);
        if (muon is not { } constants) return norm;
        // A matrix on each thread: much of an update by Muon is too small to divide.
        string[] names = [.. Parameters.Names.Where(Parameters.IsBlockMatrix)];
        _pool.For(names.Length, i => Muon.Update(_pool, Parameters[names[i]].View, Gradients[names[i]].View, First[names[i]].View, constants));
        return norm;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pass.Dispose();
        foreach (var parameters in new[] { Parameters, Gradients, First, Second }) parameters.Dispose();
        _rotary.Dispose();
        _pool.Dispose();
    }
}
