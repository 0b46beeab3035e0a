using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Vector = System.Runtime.Intrinsics.Vector512;
using VectorF = System.Runtime.Intrinsics.Vector512<float>;

namespace Converge.Numerics;

/// <summary>Sixteen floats: AVX-512.</summary>
internal readonly unsafe struct Simd512 : ISimd<VectorF>
{
    public static int Width => 16;

    public static VectorF Zero => VectorF.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Load(float* source) => Vector.Load(source);

    public static VectorF LoadPartial(float* source, int count)
    {
        float* whole = stackalloc float[16];
        for (int i = 0; i < 16; i++) whole[i] = i < count ? source[i] : 0;
        return Vector.Load(whole);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(VectorF value, float* target) => value.Store(target);

    public static void StorePartial(VectorF value, float* target, int count)
    {
        float* whole = stackalloc float[16];
        value.Store(whole);
        for (int i = 0; i < count; i++) target[i] = whole[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Broadcast(float value) => Vector.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF MultiplyAdd(VectorF a, VectorF b, VectorF c) => Avx512F.FusedMultiplyAdd(a, b, c);

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
    public static VectorF MaxNative(VectorF a, VectorF b) => Avx512F.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF MinNative(VectorF a, VectorF b) => Avx512F.Min(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Scale(VectorF a, VectorF n) => Avx512F.Scale(a, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF UpperHalves(VectorF a) => (a.AsUInt32() & Vector.Create(0xFFFF0000u)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF LowerHalves(VectorF a) => (a.AsUInt32() << 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(VectorF a) => Simd256.Sum(a.GetLower() + a.GetUpper());

    // Four columns at a time: a vector takes them from rows i, i + 4, i + 8 and i + 12, so that squares of four within its quarters are all that is turned.
    public static void Transpose(float* source, nint sourceStride, float* target, nint targetStride)
    {
        for (int column = 0; column < Width; column += 4, target += 4 * targetStride)
        {
            var a = Rows(source + column, 4 * sourceStride);
            var b = Rows(source + sourceStride + column, 4 * sourceStride);
            var c = Rows(source + 2 * sourceStride + column, 4 * sourceStride);
            var d = Rows(source + 3 * sourceStride + column, 4 * sourceStride);
            var (abLow, abHigh) = (Avx512F.UnpackLow(a, b).AsDouble(), Avx512F.UnpackHigh(a, b).AsDouble());
            var (cdLow, cdHigh) = (Avx512F.UnpackLow(c, d).AsDouble(), Avx512F.UnpackHigh(c, d).AsDouble());
            Avx512F.UnpackLow(abLow, cdLow).AsSingle().Store(target);
            Avx512F.UnpackHigh(abLow, cdLow).AsSingle().Store(target + targetStride);
            Avx512F.UnpackLow(abHigh, cdHigh).AsSingle().Store(target + 2 * targetStride);
            Avx512F.UnpackHigh(abHigh, cdHigh).AsSingle().Store(target + 3 * targetStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorF Rows(float* source, nint stride) =>
        Vector.Create(Vector256.Create(Vector128.Load(source), Vector128.Load(source + stride)), Vector256.Create(Vector128.Load(source + 2 * stride), Vector128.Load(source + 3 * stride)));

    public static float Greatest(VectorF a)
    {
        float greatest = a[0];
        for (int i = 1; i < 16; i++) greatest = MathF.Max(greatest, a[i]);
        return greatest;
    }
}
