using System.Runtime.CompilerServices;

namespace Converge.Numerics;

/// <summary>The vector path of <see cref="AdamW"/>. Every element is treated alike, wherever it lies, so a matrix may be cut anywhere.</summary>
internal static unsafe class AdamWVector<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    public static void Run(float* p, float* g, float* m, float* v, int n, in AdamW.Constants<float> c)
    {
        var (beta1, beta2, keep1, keep2) = (TSimd.Broadcast(c.Beta1), TSimd.Broadcast(c.Beta2), TSimd.Broadcast(c.Keep1), TSimd.Broadcast(c.Keep2));
        var (decay, epsilon, rate, inverseRoot) = (TSimd.Broadcast(c.Decay), TSimd.Broadcast(c.Epsilon), TSimd.Broadcast(c.Rate), TSimd.Broadcast(1 / c.Root));
        int i = 0;
        for (; i + TSimd.Width <= n; i += TSimd.Width)
        {
            var (parameter, first, second) = Step(TSimd.Load(p + i), TSimd.Load(g + i), TSimd.Load(m + i), TSimd.Load(v + i));
            TSimd.Store(first, m + i);
            TSimd.Store(second, v + i);
            TSimd.Store(parameter, p + i);
        }
        if (i < n)
        {
            var (parameter, first, second) = Step(TSimd.LoadPartial(p + i, n - i), TSimd.LoadPartial(g + i, n - i), TSimd.LoadPartial(m + i, n - i), TSimd.LoadPartial(v + i, n - i));
            TSimd.StorePartial(first, m + i, n - i);
            TSimd.StorePartial(second, v + i, n - i);
            TSimd.StorePartial(parameter, p + i, n - i);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        (TVector Parameter, TVector First, TVector Second) Step(TVector parameter, TVector gradient, TVector first, TVector second)
        {
            first = TSimd.MultiplyAdd(gradient, keep1, TSimd.Multiply(first, beta1));
            second = TSimd.MultiplyAdd(TSimd.Multiply(gradient, keep2), gradient, TSimd.Multiply(second, beta2));
            var size = TSimd.MultiplyAdd(TSimd.SquareRoot(second), inverseRoot, epsilon);
            return (TSimd.Subtract(TSimd.Multiply(parameter, decay), TSimd.Divide(TSimd.Multiply(first, rate), size)), first, second);
        }
    }
}
