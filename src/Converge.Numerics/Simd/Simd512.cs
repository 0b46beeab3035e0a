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

    // Every row is loaded once: rows a power of two apart fall into one set of the first-level cache, which holds fewer lines than there are rows.
    public static void Transpose(float* source, nint sourceStride, float* target, nint targetStride)
    {
        var (r0, r1, r2, r3) = Quads(source, sourceStride);
        var (r4, r5, r6, r7) = Quads(source + 4 * sourceStride, sourceStride);
        var (r8, r9, r10, r11) = Quads(source + 8 * sourceStride, sourceStride);
        var (r12, r13, r14, r15) = Quads(source + 12 * sourceStride, sourceStride);
        Columns(r0, r4, r8, r12, target, 4 * targetStride);
        Columns(r1, r5, r9, r13, target + targetStride, 4 * targetStride);
        Columns(r2, r6, r10, r14, target + 2 * targetStride, 4 * targetStride);
        Columns(r3, r7, r11, r15, target + 3 * targetStride, 4 * targetStride);
    }

    // Item c holds columns c, c + 4, c + 8 and c + 12 of four rows, 128 bits each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (VectorF, VectorF, VectorF, VectorF) Quads(float* source, nint stride)
    {
        var (a, b, c, d) = (Load(source), Load(source + stride), Load(source + 2 * stride), Load(source + 3 * stride));
        var (abLow, abHigh) = (Avx512F.UnpackLow(a, b).AsDouble(), Avx512F.UnpackHigh(a, b).AsDouble());
        var (cdLow, cdHigh) = (Avx512F.UnpackLow(c, d).AsDouble(), Avx512F.UnpackHigh(c, d).AsDouble());
        return (Avx512F.UnpackLow(abLow, cdLow).AsSingle(), Avx512F.UnpackHigh(abLow, cdLow).AsSingle(), Avx512F.UnpackLow(abHigh, cdHigh).AsSingle(), Avx512F.UnpackHigh(abHigh, cdHigh).AsSingle());
    }

    // From four such items, of sixteen rows in all, the four columns.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Columns(VectorF a, VectorF b, VectorF c, VectorF d, float* target, nint stride)
    {
        const byte Even = 0b10_00_10_00, Odd = 0b11_01_11_01;
        var (abEven, abOdd) = (Avx512F.Shuffle4x128(a, b, Even), Avx512F.Shuffle4x128(a, b, Odd));
        var (cdEven, cdOdd) = (Avx512F.Shuffle4x128(c, d, Even), Avx512F.Shuffle4x128(c, d, Odd));
        Store(Avx512F.Shuffle4x128(abEven, cdEven, Even), target);
        Store(Avx512F.Shuffle4x128(abOdd, cdOdd, Even), target + stride);
        Store(Avx512F.Shuffle4x128(abEven, cdEven, Odd), target + 2 * stride);
        Store(Avx512F.Shuffle4x128(abOdd, cdOdd, Odd), target + 3 * stride);
    }

    public static float Greatest(VectorF a)
    {
        float greatest = a[0];
        for (int i = 1; i < 16; i++) greatest = MathF.Max(greatest, a[i]);
        return greatest;
    }
}
