using System.Numerics;

namespace Converge.Numerics.Tests.Attention;

/// <summary>Attention as the textbook has it: a full row of scores for every query, in double precision.</summary>
internal static class AttentionReference
{
    /// <summary>output[row, heads * width].</summary>
    public static double[] Forward<T>(Forest<T> forest) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var shape = forest.Shape;
        int width = shape.HeadDim;
        var output = new double[forest.Rows * shape.Heads * width];
        for (int segment = 0; segment < forest.Segments.Length; segment++)
        {
            int[] rows = forest.Context(segment);
            for (int position = forest.Segments[segment].Start; position < rows.Length; position++)
            {
                for (int head = 0; head < shape.Heads; head++)
                {
                    int kv = head / (shape.Heads / shape.KeyValueHeads) * width;
                    var weights = Weights(forest, rows, position, head * width, kv);
                    for (int d = 0; d < width; d++)
                        for (int p = 0; p <= position; p++)
                            output[(rows[position] * shape.Heads + head) * width + d] += weights[p] * double.CreateChecked(forest.V[rows[p], kv + d]);
                }
            }
        }
        return output;
    }

    private static double[] Weights<T>(Forest<T> forest, int[] rows, int position, int q, int kv) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var scores = new double[position + 1];
        for (int p = 0; p <= position; p++)
        {
            for (int d = 0; d < forest.Shape.HeadDim; d++) scores[p] += double.CreateChecked(forest.Q[rows[position], q + d]) * double.CreateChecked(forest.K[rows[p], kv + d]);
            scores[p] /= Math.Sqrt(forest.Shape.HeadDim);
        }
        double greatest = scores.Aggregate(Math.Max);
        double[] exponentials = [.. scores.Select(score => Math.Exp(score - greatest))];
        double total = exponentials.Sum();
        return [.. exponentials.Select(value => value / total)];
    }
}
