namespace Converge.Numerics;

/// <summary>
/// The softmax of one row of logits that come chunk after chunk (Milakov and Gimelshein, arXiv 1805.02867): the greatest so far, and the sum of the
/// exponentials relative to it, in double precision.
/// </summary>
public struct RunningSoftmax
{
    private double _greatest;
    private double _sum;

    /// <summary>Nothing taken yet.</summary>
    public static RunningSoftmax Empty { get; } = new() { _greatest = double.NegativeInfinity, Target = double.NaN };

    /// <summary>The logit of the token whose probability is wanted; NaN until its chunk has come.</summary>
    public double Target { get; set; }

    /// <summary>The natural logarithm of the target's probability, once all chunks have come.</summary>
    public readonly double LogProbability => Target - _greatest - Math.Log(_sum);

    /// <summary>Takes a chunk: its greatest logit, and the sum of its exponentials relative to that.</summary>
    public void Take(double greatest, double sum)
    {
        // One of the two factors is exactly one. A first chunk is taken as it is: minus infinity less itself would be no number.
        if (_sum == 0) (_greatest, _sum) = (greatest, sum);
        else if (greatest > _greatest) (_greatest, _sum) = (greatest, _sum * Math.Exp(_greatest - greatest) + sum);
        else _sum += sum * Math.Exp(greatest - _greatest);
    }
}
