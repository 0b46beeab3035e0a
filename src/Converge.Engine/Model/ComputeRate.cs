using System.Diagnostics;
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
        mode == ComputeMode.F64 ? Measure<double>(config, threads) : Measure<float>(config, threads);

    private static unsafe double Measure<T>(ModelConfig config, int threads) where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var pool = new WorkPool(threads);
        int rows = Math.Min(config.IntermediateSize, MostRows);
        using var x = new Matrix<T>(Tokens, config.HiddenSize);
        using var y = new Matrix<T>(Tokens, rows);
        using var weight = new Matrix<float>(rows, config.HiddenSize);
        var view = new WeightView(weight.View.Data, ElementType.F32, rows, config.HiddenSize);
        // The first pass compiles the kernel and touches the memory.
        LinearForward.Run(pool, x.View, view, y.View);
        long passes = 0;
        var clock = Stopwatch.StartNew();
        do
        {
            LinearForward.Run(pool, x.View, view, y.View);
            passes++;
        }
        while (clock.Elapsed < Duration);
        return 2.0 * passes * Tokens * rows * config.HiddenSize / clock.Elapsed.TotalSeconds;
    }
}
