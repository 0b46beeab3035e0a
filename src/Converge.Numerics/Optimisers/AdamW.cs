using System.Numerics;

namespace Converge.Numerics;

/// <summary>One update of AdamW (Loshchilov and Hutter, arXiv 1711.05101), in PyTorch's order of operations.</summary>
public static class AdamW
{
    /// <summary>The constants of an update.</summary>
    /// <param name="LearningRate">The rate of this step.</param>
    /// <param name="Beta1">Decay of the first moment.</param>
    /// <param name="Beta2">Decay of the second moment.</param>
    /// <param name="Epsilon">Added to the root of the second moment.</param>
    /// <param name="WeightDecay">Decoupled weight decay.</param>
    public readonly record struct Settings(double LearningRate, double Beta1, double Beta2, double Epsilon, double WeightDecay);

    /// <summary>Updates <paramref name="parameters"/> and both moments from <paramref name="gradients"/>; <paramref name="step"/> counts from 1.</summary>
    public static void Update<T>(Span<T> parameters, ReadOnlySpan<T> gradients, Span<T> first, Span<T> second, int step, Settings settings) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (beta1, beta2) = (T.CreateTruncating(settings.Beta1), T.CreateTruncating(settings.Beta2));
        var (keep1, keep2) = (T.CreateTruncating(1 - settings.Beta1), T.CreateTruncating(1 - settings.Beta2));
        T decay = T.CreateTruncating(1 - settings.LearningRate * settings.WeightDecay), epsilon = T.CreateTruncating(settings.Epsilon);
        T rate = T.CreateTruncating(settings.LearningRate / (1 - Math.Pow(settings.Beta1, step)));
        T root = T.CreateTruncating(Math.Sqrt(1 - Math.Pow(settings.Beta2, step)));
        int i = 0;
        for (; i + Vector<T>.Count <= parameters.Length; i += Vector<T>.Count)
        {
            var gradient = new Vector<T>(gradients[i..]);
            var m = new Vector<T>(first[i..]) * beta1 + gradient * keep1;
            var v = new Vector<T>(second[i..]) * beta2 + gradient * keep2 * gradient;
            m.CopyTo(first[i..]);
            v.CopyTo(second[i..]);
            (new Vector<T>(parameters[i..]) * decay - m * rate / (Vector.SquareRoot(v) / new Vector<T>(root) + new Vector<T>(epsilon))).CopyTo(parameters[i..]);
        }
        for (; i < parameters.Length; i++)
        {
            T gradient = gradients[i];
            first[i] = beta1 * first[i] + keep1 * gradient;
            second[i] = beta2 * second[i] + keep2 * gradient * gradient;
            parameters[i] = parameters[i] * decay - rate * first[i] / (T.Sqrt(second[i]) / root + epsilon);
        }
    }
}
