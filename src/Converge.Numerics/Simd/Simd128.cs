using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Vector = System.Runtime.Intrinsics.Vector128;
using VectorF = System.Runtime.Intrinsics.Vector128<float>;

namespace Converge.Numerics;

/// <summary>Four floats: Arm, or any processor with 128-bit vectors.</summary>
internal readonly unsafe struct Simd128 : ISimd<VectorF>
{
    public static int Width => 4;

    public static VectorF Zero => VectorF.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Load(float* source) => Vector.Load(source);

    public static VectorF LoadPartial(float* source, int count)
    {
        float* whole = stackalloc float[4];
        for (int i = 0; i < 4; i++) whole[i] = i < count ? source[i] : 0;
        return Vector.Load(whole);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(VectorF value, float* target) => value.Store(target);

    public static void StorePartial(VectorF value, float* target, int count)
    {
        float* whole = stackalloc float[4];
        value.Store(whole);
        for (int i = 0; i < count; i++) target[i] = whole[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Broadcast(float value) => Vector.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF MultiplyAdd(VectorF a, VectorF b, VectorF c) => Vector.FusedMultiplyAdd(a, b, c);

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
    public static VectorF MaxNative(VectorF a, VectorF b) => Vector.MaxNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF MinNative(VectorF a, VectorF b) => Vector.MinNative(a, b);

    // In two steps of half the exponent each, so that 2^n itself need not be a float.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Scale(VectorF a, VectorF n)
    {
        var whole = Vector.ConvertToInt32Native(n);
        var half = whole >> 1;
        return a * PowerOfTwo(half) * PowerOfTwo(whole - half);

        static VectorF PowerOfTwo(Vector128<int> exponent) => ((exponent + Vector.Create(127)) << 23).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF UpperHalves(VectorF a) => (a.AsUInt32() & Vector.Create(0xFFFF0000u)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF LowerHalves(VectorF a) => (a.AsUInt32() << 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(VectorF a) => (a[0] + a[2]) + (a[1] + a[3]);

    public static void Transpose(float* source, nint sourceStride, float* target, nint targetStride)
    {
        var (a, b, c, d) = (Load(source), Load(source + sourceStride), Load(source + 2 * sourceStride), Load(source + 3 * sourceStride));
        var (acLow, acHigh, bdLow, bdHigh) = (InterleaveLow(a, c), InterleaveHigh(a, c), InterleaveLow(b, d), InterleaveHigh(b, d));
        Store(InterleaveLow(acLow, bdLow), target);
        Store(InterleaveHigh(acLow, bdLow), target + targetStride);
        Store(InterleaveLow(acHigh, bdHigh), target + 2 * targetStride);
        Store(InterleaveHigh(acHigh, bdHigh), target + 3 * targetStride);
    }

    public static float Greatest(VectorF a)
    {
        float greatest = a[0];
        for (int i = 1; i < 4; i++) greatest = MathF.Max(greatest, a[i]);
        return greatest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorF InterleaveLow(VectorF a, VectorF b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Vector.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorF InterleaveHigh(VectorF a, VectorF b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b) : Vector.Create(a[2], b[2], a[3], b[3]);
}
