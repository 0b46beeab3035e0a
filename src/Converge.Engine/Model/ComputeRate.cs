using System.Numerics;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>How fast this machine computes a linear layer of a given model, measured without its weights.</summary>
public static class ComputeRate
{
    private const int Tokens = 256;
    private const int MostRows = 4096;
    private static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// Floating-point operations per second of an up_proj of this width (a multiplication and an addition are two), in the arithmetic and with the threads
    /// that a study would use. A whole pass is slower: attention, norms and short batches come on top.
    /// </summary>
    public static double Measure(ModelConfig config, ComputeMode mode, int threads) =>
        mode == ComputeMode.F64 ? Measure<double>(config, mode, threads) : Measure<float>(config, mode, threads);

    private static double Measure<T>(ModelConfig config, ComputeMode mode, int threads) where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var pool = new WorkPool(threads);
        int rows = Math.Min(config.IntermediateSize, MostRows);
        using var weights = new WeightRing(ElementType.F32, (long)rows * config.HiddenSize * sizeof(float));
        using var probe = new LinearProbe<T>(pool, LinearKernel.Forward, weights, Tokens, rows, config.HiddenSize, mode.Products());
        return probe.Flops / Timing.Of(probe.Run, new TimingBudget(1, Duration, Duration)).Median;
    }
}
