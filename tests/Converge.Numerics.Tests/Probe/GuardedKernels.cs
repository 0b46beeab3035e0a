using Converge.Numerics.Tests.Attention;
using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Probe;

/// <summary>Runs every kernel on every path with all its operands between guard pages, its inputs read-only.</summary>
internal sealed unsafe class GuardedKernels(bool atEnd) : IDisposable
{
    private readonly List<GuardPages> _pages = [];

    public void RunAll()
    {
        foreach (var path in ForcedPath.All)
        {
            using var forced = new ForcedPath(path);
            foreach (var (m, n, k) in new[] { (1, 1, 1), (3, 5, 7), (9, 13, 17), (5, 7, 33), (130, 6, 31), (8, 12, 64), (4, 7, 1030) }) Layers(m, n, k);
            Attend(Forests.One(1), new HeadShape(1, 1, 1));
            Attend(Forests.Chain(9, 14), new HeadShape(2, 1, 18));
            Attend([new(0, 9, -1, 0), new(9, 8, 0, 9), new(17, 5, 0, 9)], new HeadShape(4, 2, 33));
            foreach (var pages in _pages) pages.Dispose();
            _pages.Clear();
        }
    }

    public void Dispose() => _pages.ForEach(pages => pages.Dispose());

    private void Layers(int m, int n, int k)
    {
        var (x, dy, narrow) = (Input(m, k), Input(m, n), Input(m, k));
        foreach (var type in Enum.GetValues<ElementType>())
        {
            var (w, row, bias) = (Weight(type, n, k), Weight(type, 1, k), Weight(type, 1, n));
            var y = Output(m, n);
            LinearForward.Run(Pools.Two, x, w, y);
            LinearForward.Run(Pools.Two, x, w, y, accumulate: true);
            LinearBackwardInput.Run(Pools.Two, dy, w, Output(m, k));
            RmsNorm.Forward(Pools.Two, x, row, 1e-5, Output(m, k));
            RmsNorm.Backward(Pools.Two, x, row, 1e-5, narrow, Output(m, k), Output(1, k));
            RowBias.Add(Pools.Two, y, bias);
        }
        LinearBackwardWeight.Run(Pools.Two, dy, x, Output(n, k));
        SwiGlu.Forward(Pools.Two, x, narrow, Output(m, k));
        SwiGlu.Backward(Pools.Two, x, narrow, narrow, Output(m, k), Output(m, k));
        CrossEntropy.Take(Pools.Two, x, 0, Enumerable.Repeat(k - 1, m).ToArray(), new RunningSoftmax[m]);
        CrossEntropy.Backward(Pools.Two, Output(m, k), Enumerable.Repeat(k - 1, m).ToArray(), new double[m], new double[m]);
        AdamW.Update<float>(Output(1, k).Row(0), x.Row(0), Output(1, k).Row(0), Output(1, k).Row(0), 1, new AdamW.Settings(1e-3, 0.9, 0.999, 1e-8, 0));
    }

    private void Attend(Segment[] segments, HeadShape shape)
    {
        int rows = segments.Sum(segment => segment.Length), width = shape.Heads * shape.HeadDim, kvWidth = shape.KeyValueHeads * shape.HeadDim;
        var (q, k, v, dOutput) = (Input(rows, width), Input(rows, kvWidth), Input(rows, kvWidth), Input(rows, width));
        AttentionForward.Run(Pools.Two, segments, shape, q, k, v, Output(rows, width));
        AttentionBackward.Run(Pools.Two, segments, shape, q, k, v, dOutput, Output(rows, width), Output(rows, kvWidth), Output(rows, kvWidth));
        using var rotary = new Rotary<float>(new double[shape.HeadDim / 2 + 1], rows);
        rotary.Rotate(Pools.Two, Output(rows, (shape.HeadDim / 2 + 1) * 2), [.. Enumerable.Range(0, rows)]);
    }

    private MatrixView<float> Input(int rows, int columns)
    {
        var pages = New((long)rows * columns * sizeof(float));
        var view = new MatrixView<float>((float*)pages.Data, rows, columns, columns);
        for (int row = 0; row < rows; row++) view.Row(row).Fill(0.25f + row);
        pages.MakeReadOnly();
        return view;
    }

    private MatrixView<float> Output(int rows, int columns) => new((float*)New((long)rows * columns * sizeof(float)).Data, rows, columns, columns);

    private WeightView Weight(ElementType type, int rows, int columns)
    {
        var view = new WeightView(New((long)rows * columns * type.Size()).Data, type, rows, columns);
        _pages[^1].MakeReadOnly();
        return view;
    }

    private GuardPages New(long bytes)
    {
        var pages = new GuardPages(bytes, atEnd);
        _pages.Add(pages);
        return pages;
    }
}
