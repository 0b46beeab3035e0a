namespace Converge.Numerics;

/// <summary>Attention in float32, forward or backward, with operands of its own, to be timed.</summary>
public sealed class AttentionProbe : IDisposable
{
    private readonly WorkPool _pool;
    private readonly HeadShape _shape;
    private readonly Segment[] _segments;
    private readonly Matrix<float>[] _matrices;

    /// <summary>A probe of some prompts that share a trunk.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The heads.</param>
    /// <param name="trunk">Tokens of the trunk; 0: the prompts share nothing.</param>
    /// <param name="prompts">The number of prompts.</param>
    /// <param name="tokens">Own tokens of each prompt.</param>
    public AttentionProbe(WorkPool pool, HeadShape shape, int trunk, int prompts, int tokens)
    {
        (_pool, _shape) = (pool, shape);
        int roots = trunk > 0 ? 1 : 0;
        _segments = new Segment[roots + prompts];
        if (trunk > 0) _segments[0] = new Segment(0, trunk, -1, 0);
        for (int i = 0; i < prompts; i++) _segments[roots + i] = new Segment(trunk + i * tokens, tokens, roots - 1, trunk);
        Tokens = trunk + prompts * tokens;
        double context = Triangle(trunk) + prompts * (Triangle(trunk + tokens) - Triangle(trunk));
        ForwardFlops = 4.0 * shape.Heads * shape.HeadDim * context;
        int q = shape.Heads * shape.HeadDim, kv = shape.KeyValueHeads * shape.HeadDim;
        _matrices = [.. new[] { q, kv, kv, q, q, kv, kv }.Select((columns, i) => ProbeMatrix.Normal<float>(Tokens, columns, (ulong)i))];
    }

    /// <summary>The number of tokens.</summary>
    public int Tokens { get; }

    /// <summary>Floating-point operations of <see cref="Forward"/>: two products over the positions that each token sees.</summary>
    public double ForwardFlops { get; }

    /// <summary>Floating-point operations of <see cref="Backward"/>: five such products, the scores being computed anew.</summary>
    public double BackwardFlops => 2.5 * ForwardFlops;

    /// <summary>Computes the heads' outputs once.</summary>
    public void Forward() => AttentionForward.Run(_pool, _segments, _shape, View(0), View(1), View(2), View(3));

    /// <summary>Computes the gradients with respect to queries, keys and values once.</summary>
    public void Backward()
    {
        // They are added to: starting from zero keeps them finite however often this runs.
        View(5).Clear();
        View(6).Clear();
        AttentionBackward.Run(_pool, _segments, _shape, View(0), View(1), View(2), View(3), View(4), View(5), View(6));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in _matrices) matrix.Dispose();
    }

    private MatrixView<float> View(int index) => _matrices[index].View;

    private static double Triangle(double n) => n * (n + 1) / 2;
}
