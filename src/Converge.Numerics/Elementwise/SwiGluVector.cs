using System.Runtime.CompilerServices;

namespace Converge.Numerics;

/// <summary>The vector path of <see cref="SwiGlu"/>: one row of n elements.</summary>
internal static unsafe class SwiGluVector<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    public static void Forward(float* gate, float* up, float* output, int n)
    {
        int i = 0;
        for (; i + TSimd.Width <= n; i += TSimd.Width) TSimd.Store(Unit(TSimd.Load(gate + i), TSimd.Load(up + i)), output + i);
        if (i < n) TSimd.StorePartial(Unit(TSimd.LoadPartial(gate + i, n - i), TSimd.LoadPartial(up + i, n - i)), output + i, n - i);
    }

    public static void Backward(float* gate, float* up, float* dOutput, float* dGate, float* dUp, int n)
    {
        int i = 0;
        for (; i + TSimd.Width <= n; i += TSimd.Width)
        {
            var (toGate, toUp) = Gradient(TSimd.Load(gate + i), TSimd.Load(up + i), TSimd.Load(dOutput + i));
            TSimd.Store(toGate, dGate + i);
            TSimd.Store(toUp, dUp + i);
        }
        if (i < n)
        {
            var (toGate, toUp) = Gradient(TSimd.LoadPartial(gate + i, n - i), TSimd.LoadPartial(up + i, n - i), TSimd.LoadPartial(dOutput + i, n - i));
            TSimd.StorePartial(toGate, dGate + i, n - i);
            TSimd.StorePartial(toUp, dUp + i, n - i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Unit(TVector gate, TVector up) => TSimd.Multiply(TSimd.Divide(gate, OnePlusExpOfMinus(gate)), up);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TVector ToGate, TVector ToUp) Gradient(TVector gate, TVector up, TVector upper)
    {
        var one = TSimd.Broadcast(1);
        var sigmoid = TSimd.Divide(one, OnePlusExpOfMinus(gate));
        var slope = TSimd.MultiplyAdd(gate, TSimd.Subtract(one, sigmoid), one);
        return (TSimd.Multiply(TSimd.Multiply(TSimd.Multiply(upper, up), sigmoid), slope), TSimd.Multiply(upper, TSimd.Multiply(gate, sigmoid)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector OnePlusExpOfMinus(TVector gate) => TSimd.Add(TSimd.Broadcast(1), Exponential<TVector, TSimd>.Of(TSimd.Subtract(TSimd.Zero, gate)));
}
