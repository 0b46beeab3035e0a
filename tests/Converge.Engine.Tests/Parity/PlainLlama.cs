using Converge.Engine.Model;
using Converge.Engine.Tuning;
using Converge.Numerics;

namespace Converge.Engine.Tests.Parity;

/// <summary>One prompt through a Llama in float64, one number after the other, written from the architecture's description and sharing no kernel with the engine.</summary>
internal sealed class PlainLlama(ModelConfig config, LlamaWeights weights, LoraAdapter? adapter = null)
{
    /// <summary>What each block made, by block and position; scores are [head][position] of the last token.</summary>
    public sealed record Result(double[][][] Resid, double[][][] AttnOut, double[][][] Scores, double[][][] Q, double[][][] K, double[] Logits);

    public Result Run(int[] tokens)
    {
        int n = tokens.Length;
        double[][] x = [.. tokens.Select(token => Row(weights.Embedding, token))];
        var (resid, outs, scores, qs, ks) = (new List<double[][]> { Copy(x) }, new List<double[][]>(), new List<double[][]>(), new List<double[][]>(), new List<double[][]>());
        for (int block = 0; block < config.Layers; block++)
        {
            double[][] normed = [.. x.Select(row => Norm(row, weights.Blocks[block].InputNorm))];
            double[][] q = Apply(block, LinearLayer.QProj, normed), k = Apply(block, LinearLayer.KProj, normed), v = Apply(block, LinearLayer.VProj, normed);
            qs.Add(Copy(q));
            ks.Add(Copy(k));
            for (int t = 0; t < n; t++)
            {
                Rotate(q[t], t);
                Rotate(k[t], t);
            }
            var heads = new double[n][];
            double[][] last = [];
            for (int t = 0; t < n; t++) (heads[t], last) = Attend(q[t], k, v, t);
            scores.Add(last);
            double[][] o = Apply(block, LinearLayer.OProj, heads);
            outs.Add(o);
            x = Add(x, o);
            normed = [.. x.Select(row => Norm(row, weights.Blocks[block].PostAttentionNorm))];
            double[][] gate = Apply(block, LinearLayer.GateProj, normed), up = Apply(block, LinearLayer.UpProj, normed);
            x = Add(x, Apply(block, LinearLayer.DownProj, [.. gate.Zip(up, (g, u) => g.Zip(u, (a, b) => a / (1 + Math.Exp(-a)) * b).ToArray())]));
            resid.Add(Copy(x));
        }
        double[] state = Norm(x[^1], weights.FinalNorm);
        return new Result([.. resid], [.. outs], [.. scores], [.. qs], [.. ks], [.. Enumerable.Range(0, config.VocabSize).Select(id => Dot(Row(weights.Head, id), state))]);
    }

    private (double[] Output, double[][] Scores) Attend(double[] query, double[][] keys, double[][] values, int position)
    {
        int d = config.HeadDim;
        var output = new double[config.QueryWidth];
        var scores = new double[config.Heads][];
        for (int head = 0; head < config.Heads; head++)
        {
            int kv = head / (config.Heads / config.KeyValueHeads);
            scores[head] = [.. Enumerable.Range(0, position + 1).Select(p => Dot(query[(head * d)..((head + 1) * d)], keys[p][(kv * d)..((kv + 1) * d)]) / Math.Sqrt(d))];
            double total = scores[head].Sum(Math.Exp);
            for (int p = 0; p <= position; p++)
                for (int i = 0; i < d; i++) output[head * d + i] += Math.Exp(scores[head][p]) / total * values[p][kv * d + i];
        }
        return (output, scores);
    }

    private void Rotate(double[] row, int position)
    {
        double[] frequencies = RotaryFrequencies.Of(config);
        for (int start = 0; start < row.Length; start += config.HeadDim)
        {
            for (int i = 0; i < frequencies.Length; i++)
            {
                var (sine, cosine) = Math.SinCos(position * frequencies[i]);
                double a = row[start + i], b = row[start + i + frequencies.Length];
                (row[start + i], row[start + i + frequencies.Length]) = (a * cosine - b * sine, b * cosine + a * sine);
            }
        }
    }

    private double[][] Apply(int block, LinearLayer layer, double[][] x)
    {
        var (outputs, inputs) = layer.Shape(config);
        double[][] w = [.. Enumerable.Range(0, outputs).Select(row => Row(weights.Blocks[block][layer], row))];
        if (adapter?.Blocks[block].GetValueOrDefault(layer) is { } pair)
        {
            int rank = adapter.Recipe.Rank;
            for (int i = 0; i < outputs; i++)
                for (int j = 0; j < inputs; j++)
                    for (int r = 0; r < rank; r++) w[i][j] += adapter.Recipe.Scale * pair.B[i * rank + r] * pair.A[r * inputs + j];
        }
        var bias = weights.Blocks[block].Bias(layer);
        double[] offset = bias.IsAbsent ? new double[outputs] : Row(bias, 0);
        return [.. x.Select(row => w.Select((column, i) => Dot(column, row) + offset[i]).ToArray())];
    }

    private double[] Norm(double[] row, WeightView weight)
    {
        double scale = 1 / Math.Sqrt(row.Sum(value => value * value) / row.Length + config.RmsNormEps);
        return [.. row.Zip(Row(weight, 0), (value, factor) => value * scale * factor)];
    }

    private static unsafe double[] Row(WeightView weight, int row)
    {
        var values = new double[weight.Columns];
        fixed (double* target = values) Widen.Row(weight, row, 0, weight.Columns, target);
        return values;
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double[][] Add(double[][] a, double[][] b) => [.. a.Zip(b, (x, y) => x.Zip(y, (u, v) => u + v).ToArray())];

    private static double[][] Copy(double[][] rows) => [.. rows.Select(row => row.ToArray())];
}
