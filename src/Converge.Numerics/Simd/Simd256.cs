using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Vector = System.Runtime.Intrinsics.Vector256;
using VectorF = System.Runtime.Intrinsics.Vector256<float>;

namespace Converge.Numerics;

/// <summary>Eight floats: AVX2 with FMA.</summary>
internal readonly unsafe struct Simd256 : ISimd<VectorF>
{
    public static int Width => 8;

    public static VectorF Zero => VectorF.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Load(float* source) => Vector.Load(source);

    public static VectorF LoadPartial(float* source, int count)
    {
        float* whole = stackalloc float[8];
        for (int i = 0; i < 8; i++) whole[i] = i < count ? source[i] : 0;
        return Vector.Load(whole);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(VectorF value, float* target) => value.Store(target);

    public static void StorePartial(VectorF value, float* target, int count)
    {
        float* whole = stackalloc float[8];
        value.Store(whole);
        for (int i = 0; i < count; i++) target[i] = whole[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Broadcast(float value) => Vector.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF MultiplyAdd(VectorF a, VectorF b, VectorF c) => Fma.MultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Add(VectorF a, VectorF b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Subtract(VectorF a, VectorF b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Multiply(VectorF a, VectorF b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Divide(VectorF a, VectorF b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF SquareRoot(VectorF a) => Vector.Sqrt(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Max(VectorF a, VectorF b) => Vector.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF MaxNative(VectorF a, VectorF b) => Avx.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF MinNative(VectorF a, VectorF b) => Avx.Min(a, b);

    // In two steps of half the exponent each, so that 2^n itself need not be a float.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Scale(VectorF a, VectorF n)
    {
        var whole = Avx.ConvertToVector256Int32(n);
        var half = whole >> 1;
        return a * PowerOfTwo(half) * PowerOfTwo(whole - half);

        static VectorF PowerOfTwo(Vector256<int> exponent) => ((exponent + Vector.Create(127)) << 23).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF UpperHalves(VectorF a) => (a.AsUInt32() & Vector.Create(0xFFFF0000u)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF LowerHalves(VectorF a) => (a.AsUInt32() << 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(VectorF a) => Simd128.Sum(a.GetLower() + a.GetUpper());

    // As in Simd512, with two halves.
    public static void Transpose(float* source, nint sourceStride, float* target, nint targetStride)
    {
        for (int column = 0; column < Width; column += 4, target += 4 * targetStride)
        {
            var a = Rows(source + column, 4 * sourceStride);
            var b = Rows(source + sourceStride + column, 4 * sourceStride);
            var c = Rows(source + 2 * sourceStride + column, 4 * sourceStride);
            var d = Rows(source + 3 * sourceStride + column, 4 * sourceStride);
            var (abLow, abHigh) = (Avx.UnpackLow(a, b).AsDouble(), Avx.UnpackHigh(a, b).AsDouble());
            var (cdLow, cdHigh) = (Avx.UnpackLow(c, d).AsDouble(), Avx.UnpackHigh(c, d).AsDouble());
            Avx.UnpackLow(abLow, cdLow).AsSingle().Store(target);
            Avx.UnpackHigh(abLow, cdLow).AsSingle().Store(target + targetStride);
            Avx.UnpackLow(abHigh, cdHigh).AsSingle().Store(target + 2 * targetStride);
            Avx.UnpackHigh(abHigh, cdHigh).AsSingle().Store(target + 3 * targetStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorF Rows(float* source, nint stride) => Vector.Create(Vector128.Load(source), Vector128.Load(source + stride));

    public static float Greatest(VectorF a)
    {
        float greatest = a[0];
        for (int i = 1; i < 8; i++) greatest = MathF.Max(greatest, a[i]);
        return greatest;
    }
}
