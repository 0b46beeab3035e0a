using System.Runtime.CompilerServices;

namespace Converge.Numerics;

/// <summary>Independent chains of fused multiply-adds that stay in registers: what the processor could do at best.</summary>
/// <typeparam name="TVector">The hardware vector.</typeparam>
/// <typeparam name="TSimd">Its operations.</typeparam>
internal static unsafe class FmaChains<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    /// <summary>Chains side by side: more than latency times units (4 cycles on 2 units need 8), and with two operands within the 16 registers of AVX2.</summary>
    public const int Chains = 12;

    /// <summary>Floating-point operations of one round: a multiplication and an addition in every lane of every chain.</summary>
    public static int FlopsPerRound => 2 * Chains * TSimd.Width;

    /// <summary>Runs <paramref name="rounds"/> rounds; <paramref name="values"/> holds a vector of numbers and receives the result, so that nothing can be left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int rounds, float* values)
    {
        TVector a = TSimd.Load(values), b = a;
        TVector s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a, s8 = a, s9 = a, s10 = a, s11 = a;
        for (int round = 0; round < rounds; round++)
        {
            s0 = TSimd.MultiplyAdd(s0, a, b);
            s1 = TSimd.MultiplyAdd(s1, a, b);
            s2 = TSimd.MultiplyAdd(s2, a, b);
            s3 = TSimd.MultiplyAdd(s3, a, b);
            s4 = TSimd.MultiplyAdd(s4, a, b);
            s5 = TSimd.MultiplyAdd(s5, a, b);
            s6 = TSimd.MultiplyAdd(s6, a, b);
            s7 = TSimd.MultiplyAdd(s7, a, b);
            s8 = TSimd.MultiplyAdd(s8, a, b);
            s9 = TSimd.MultiplyAdd(s9, a, b);
            s10 = TSimd.MultiplyAdd(s10, a, b);
            s11 = TSimd.MultiplyAdd(s11, a, b);
        }
        TVector low = TSimd.Add(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)), TSimd.Add(s4, s5));
        TVector high = TSimd.Add(TSimd.Add(TSimd.Add(s6, s7), TSimd.Add(s8, s9)), TSimd.Add(s10, s11));
        TSimd.Store(TSimd.Add(low, high), values);
    }
}
