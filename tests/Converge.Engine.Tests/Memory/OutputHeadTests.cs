using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Tests.Memory;

/// <summary>The output head cuts positions and vocabulary into chunks: neither shows in a result.</summary>
public sealed class OutputHeadTests : IDisposable
{
    private readonly SmallModel _model = new(1);
    private readonly WorkPool _pool = new(2);
    private readonly Matrix<float> _x;
    private readonly int[] _rows;
    private readonly int[] _targets;
    private readonly double[] _factors;

    public OutputHeadTests()
    {
        // More rows than whole logits are made for at a time, and more than one chunk of the vocabulary.
        int count = OutputHead<float>.MostRows + 100;
        Assert.True(OutputHead<float>.WholeRows(_model.Config) < count && OutputHead<float>.ChunkTokens < _model.Config.VocabSize);
        _x = new Matrix<float>(count, _model.Config.HiddenSize);
        for (int i = 0; i < _x.Span.Length; i++) _x.Span[i] = (float)Philox.NormalAt(1, 2, (ulong)i);
        _rows = [.. Enumerable.Range(0, count).Select(i => (i * 7 + 3) % count)];
        _targets = [.. Enumerable.Range(0, count).Select(i => i * 31 % _model.Config.VocabSize)];
        _factors = [.. Enumerable.Range(0, count).Select(i => 1.0 / (1 + i % 9))];
    }

    // Beginnings and ends of chunks of rows.
    private IEnumerable<int> Chosen => [0, 1, OutputHead<float>.WholeRows(_model.Config) - 1, OutputHead<float>.WholeRows(_model.Config), OutputHead<float>.MostRows - 1, OutputHead<float>.MostRows, _rows.Length - 1];

    [Fact]
    public void Log_probabilities_are_those_of_the_whole_softmax_and_of_a_row_by_itself()
    {
        using var matrices = new HeadMatrices<float>(_model.Config);
        var head = new OutputHead<float>(_model.Config, _model.Checkpoint.Weights, _pool, matrices, Products.Exact);
        var (all, one) = (new double[_rows.Length], new double[1]);
        head.LogProbabilities(_x.View, _rows, _targets, all);
        foreach (int i in Chosen)
        {
            head.LogProbabilities(_x.View, [_rows[i]], [_targets[i]], one);
            Assert.Equal(one[0], all[i]);
            Assert.Equal(Reference(i).LogProbability, all[i], 1e-5);
        }
    }

    [Fact]
    public void Gradients_are_those_of_the_whole_softmax_and_of_a_row_by_itself()
    {
        using var matrices = new HeadMatrices<float>(_model.Config);
        var head = new OutputHead<float>(_model.Config, _model.Checkpoint.Weights, _pool, matrices, Products.Exact);
        using var all = new Matrix<float>(_x.Rows, _x.Columns);
        var losses = new double[_rows.Length];
        head.Backward(_x.View, _rows, _targets, _factors, all.View, null, losses);
        foreach (int i in Chosen)
        {
            using var one = new Matrix<float>(_x.Rows, _x.Columns);
            var loss = new double[1];
            head.Backward(_x.View, [_rows[i]], [_targets[i]], [_factors[i]], one.View, null, loss);
            Assert.Equal(loss[0], losses[i]);
            Assert.Equal(one.View.Row(_rows[i]).ToArray(), all.View.Row(_rows[i]).ToArray());
            var (logProbability, gradient) = Reference(i);
            Assert.Equal(-logProbability, losses[i], 1e-5);
            double greatest = gradient.Max(Math.Abs);
            for (int d = 0; d < gradient.Length; d++) Assert.Equal(gradient[d], all.View.Row(_rows[i])[d], 1e-4 * greatest);
        }
    }

    [Fact]
    public void Logits_take_no_more_memory_for_more_rows()
    {
        long most = 4L * Math.Max(OutputHead<float>.MostRows * OutputHead<float>.ChunkTokens, OutputHead<float>.WholeRows(_model.Config) * _model.Config.VocabSize);
        using var matrices = new HeadMatrices<float>(_model.Config);
        var head = new OutputHead<float>(_model.Config, _model.Checkpoint.Weights, _pool, matrices, Products.Exact);
        using var dx = new Matrix<float>(_x.Rows, _x.Columns);
        head.LogProbabilities(_x.View, _rows, _targets, new double[_rows.Length]);
        head.Backward(_x.View, _rows, _targets, _factors, dx.View, null, new double[_rows.Length]);
        head.Logits(_x.View, _rows, (_, _) => { });
        Assert.InRange(matrices.Logits.AllocatedBytes, 1, most);
    }

    public void Dispose()
    {
        _x.Dispose();
        _pool.Dispose();
        _model.Dispose();
    }

    // In double precision, all logits at once.
    private unsafe (double LogProbability, double[] Gradient) Reference(int i)
    {
        int hidden = _model.Config.HiddenSize, vocabulary = _model.Config.VocabSize;
        double[] x = [.. _x.View.Row(_rows[i]).ToArray().Select(value => (double)value)];
        double inverse = 1 / Math.Sqrt(x.Sum(value => value * value) / hidden + _model.Config.RmsNormEps);
        // The norm's weights of a generated checkpoint are one.
        var head = (float*)_model.Checkpoint.Weights.Head.Data;
        var logits = new double[vocabulary];
        for (int token = 0; token < vocabulary; token++)
            for (int d = 0; d < hidden; d++) logits[token] += head[token * hidden + d] * x[d] * inverse;
        double greatest = logits.Max(), sum = logits.Sum(logit => Math.Exp(logit - greatest));
        var dNormed = new double[hidden];
        for (int token = 0; token < vocabulary; token++)
        {
            double dLogit = _factors[i] * (Math.Exp(logits[token] - greatest) / sum - (token == _targets[i] ? 1 : 0));
            for (int d = 0; d < hidden; d++) dNormed[d] += dLogit * head[token * hidden + d];
        }
        double pull = dNormed.Zip(x, (a, b) => a * b).Sum() * inverse * inverse * inverse / hidden;
        return (logits[_targets[i]] - greatest - Math.Log(sum), [.. dNormed.Zip(x, (a, b) => a * inverse - b * pull)]);
    }
}
