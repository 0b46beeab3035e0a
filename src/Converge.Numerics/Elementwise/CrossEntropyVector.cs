namespace Converge.Numerics;

/// <summary>The vector path of <see cref="CrossEntropy"/>: one row of n logits.</summary>
internal static unsafe class CrossEntropyVector<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    /// <summary>The greatest logit, and the sum of the exponentials relative to it; minus infinity and zero where no token is possible.</summary>
    public static (double Greatest, double Sum) SumExp(float* logits, int n)
    {
        float greatest = RowSoftmax<TVector, TSimd>.Greatest(logits, n);
        return (greatest, SumExp(logits, n, float.IsNegativeInfinity(greatest) ? 0 : greatest, Scratch.First<float>(n)));
    }

    /// <summary>Turns logits into the gradient of factor * cross-entropy, in place, and returns the cross-entropy.</summary>
    public static double Backward(float* logits, int n, int target, double factor)
    {
        float greatest = RowSoftmax<TVector, TSimd>.Greatest(logits, n);
        double chosen = (double)logits[target] - greatest, sum = SumExp(logits, n, greatest, logits), logSum = Math.Log(sum);
        float scale = (float)(factor / sum);
        var scales = TSimd.Broadcast(scale);
        int i = 0;
        for (; i + TSimd.Width <= n; i += TSimd.Width) TSimd.Store(TSimd.Multiply(TSimd.Load(logits + i), scales), logits + i);
        for (; i < n; i++) logits[i] *= scale;
        // In double precision: where the target is nearly certain, its gradient is the difference of two numbers near one.
        logits[target] = (float)(factor * (Math.Exp(chosen - logSum) - 1));
        return logSum - chosen;
    }

    // Sets results[i] = exp(logits[i] - greatest) and returns their sum. A vocabulary has up to 10^5 terms, of which one is 1 and all others together may be
    // 10^-8, so every lane carries what its additions lose (Knuth, The Art of Computer Programming, volume 2, section 4.2.2, theorem B).
    private static double SumExp(float* logits, int n, float greatest, float* results)
    {
        var (shift, sums, lost) = (TSimd.Broadcast(greatest), TSimd.Zero, TSimd.Zero);
        int i = 0;
        for (; i + TSimd.Width <= n; i += TSimd.Width)
        {
            var e = Exponential<TVector, TSimd>.Of(TSimd.Subtract(TSimd.Load(logits + i), shift));
            TSimd.Store(e, results + i);
            var total = TSimd.Add(sums, e);
            var added = TSimd.Subtract(total, sums);
            lost = TSimd.Add(lost, TSimd.Add(TSimd.Subtract(sums, TSimd.Subtract(total, added)), TSimd.Subtract(e, added)));
            sums = total;
        }
        double sum = SumOfLanes(sums, lost);
        if (i < n)
        {
            TSimd.StorePartial(Exponential<TVector, TSimd>.Of(TSimd.Subtract(TSimd.LoadPartial(logits + i, n - i), shift)), results + i, n - i);
            for (; i < n; i++) sum += results[i];
        }
        return sum;
    }

    private static double SumOfLanes(TVector sums, TVector lost)
    {
        float* lanes = stackalloc float[2 * TSimd.Width];
        TSimd.Store(sums, lanes);
        TSimd.Store(lost, lanes + TSimd.Width);
        double sum = 0, rest = 0;
        for (int lane = 0; lane < TSimd.Width; lane++)
        {
            sum += lanes[lane];
            rest += lanes[TSimd.Width + lane];
        }
        return sum + rest;
    }
}
