using System.Text.Json.Nodes;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Cli.Bench;

/// <summary>
/// What the machine could do at best, measured in this process. Peak and memory on all threads are measured again between measurements and the best counts:
/// clocks move and neighbours come and go.
/// </summary>
internal sealed class Peaks
{
    private readonly WorkPool _pool;
    private readonly int _windows;
    private readonly bool _quick;
    private readonly List<double> _fma = [];
    private readonly List<double> _pairs = [];
    private readonly List<double> _memory = [];

    public Peaks(WorkPool pool, bool quick)
    {
        (_pool, _quick, _windows) = (pool, quick, quick ? 10 : 25);
        using var one = new WorkPool(1);
        OneThread = [.. Enum.GetValues<SimdPath>().Where(path => path != SimdPath.Scalar && path <= SimdPaths.Widest || path == SimdPaths.Current)
            .Select(path => (path, FmaPeak.Measure(one, path, _windows)))];
        MeasureAgain();
    }

    /// <summary>For each vector path, floating-point operations a second on one thread.</summary>
    public IReadOnlyList<(SimdPath Path, double FlopsPerSecond)> OneThread { get; }

    /// <summary>Floating-point operations a second on all threads, on the vector path in use: the best so far.</summary>
    public double Fma => _fma.Max();

    /// <summary>Operations a second on pairs of bfloat16 on all threads: the best so far; 0 where the processor has no instruction for them.</summary>
    public double Pairs => _pairs.DefaultIfEmpty().Max();

    /// <summary>Bytes a second that all threads read from memory: the best so far.</summary>
    public double Bandwidth => _memory.Max();

    /// <summary>The threads.</summary>
    public int Threads => _pool.Threads;

    /// <summary>The peak of an arithmetic's linear layers; without an instruction for bfloat16 they go through float32.</summary>
    public double Of(ComputeMode compute) => compute == ComputeMode.BF16 && Pairs > 0 ? Pairs : Fma;

    /// <summary>Measures peak and memory on all threads once more.</summary>
    public void MeasureAgain()
    {
        _fma.Add(FmaPeak.Measure(_pool, SimdPaths.Current, _windows));
        if (PairPeak.IsSupported) _pairs.Add(PairPeak.Measure(_pool, _windows));
        _memory.Add(_quick ? MemoryBandwidth.Measure(_pool, 64L << 20, 3) : MemoryBandwidth.Measure(_pool));
    }

    /// <summary>The peaks for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"FMA peak on {Threads} threads ({PathName(SimdPaths.Current)}): {Fma / 1e9:0.0} GFLOP/s; {Range(_fma)} in {_fma.Count} measurements during this run";
        yield return $"FMA peak on 1 thread: {string.Join(", ", OneThread.Select(peak => $"{PathName(peak.Path)} {peak.FlopsPerSecond / 1e9:0.0}"))} GFLOP/s";
        yield return Pairs > 0
            ? $"bf16 peak on {Threads} threads (vdpbf16ps): {Pairs / 1e9:0.0} GFLOP/s; {Range(_pairs)} during this run"
            : "bf16: this processor has no instruction for it; shares are of the FMA peak";
        yield return $"memory, read on {Threads} threads: {Bandwidth / 1e9:0.0} GB/s; {Range(_memory)} during this run";
    }

    /// <summary>The peaks for machines.</summary>
    public JsonObject Data()
    {
        var oneThread = new JsonObject();
        foreach (var (path, rate) in OneThread) oneThread[PathName(path)] = rate;
        return new JsonObject
        {
            ["path"] = PathName(SimdPaths.Current),
            ["threads"] = Threads,
            ["fma_flops_per_second"] = Fma,
            ["fma_measurements"] = new JsonArray([.. _fma.Select(rate => (JsonNode)rate)]),
            ["bf16_flops_per_second"] = Pairs,
            ["fma_flops_per_second_one_thread"] = oneThread,
            ["memory_bytes_per_second"] = Bandwidth,
            ["memory_measurements"] = new JsonArray([.. _memory.Select(rate => (JsonNode)rate)]),
        };
    }

    private static string Range(List<double> rates) => $"{rates.Min() / 1e9:0.0} to {rates.Max() / 1e9:0.0}";

    private static string PathName(SimdPath path) => path.ToString().ToLowerInvariant();
}
