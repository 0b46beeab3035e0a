using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Converge.Numerics;

/// <summary>Tiles of pairs of bfloat16 through the processor's own instruction, see <see cref="PairTileCode"/>. The processor takes subnormal numbers for zero there.</summary>
internal readonly unsafe struct PairTile : IProductTile
{
    private const int MostVectors = LanePanels.Widest;

    private static readonly nint[]? s_code = Prepare();

    /// <summary>Whether the processor has the instruction, the system lets code be written, and what was written gave the right numbers on a small product.</summary>
    public static bool IsSupported => s_code is not null;

    /// <inheritdoc/>
    public static int RowsOf(int vectors) => vectors switch { 4 => 6, 3 => 8, _ => 12 };

    /// <inheritdoc/>
    public static void Run<TLayout>(int vectors, float* a, nint stride, float* b, int steps, float* c, nint cRow, bool add, Ahead ahead) where TLayout : struct, ITileLayout
    {
        var arguments = Arguments<TLayout>(RowsOf(vectors), a, stride, b, steps, c, cRow, add, ahead);
        ((delegate* unmanaged<PairTileArguments*, void>)s_code![vectors])(&arguments);
    }

    /// <summary>The same call as the machine code takes it.</summary>
    internal static PairTileArguments Arguments<TLayout>(int rows, float* a, nint stride, float* b, int steps, float* c, nint cRow, bool add, Ahead ahead) where TLayout : struct, ITileLayout => new()
    {
        A = (nint)a,
        ARow = TLayout.Row(stride) * sizeof(float),
        ASkip = (TLayout.Advance - TileLayouts.Group) * sizeof(float),
        B = (nint)b,
        Steps = steps,
        C = (nint)c,
        CRow = cRow * sizeof(float),
        Add = add ? 1 : 0,
        Next = ahead.First,
        NextRow = ahead.Row,
        NextSkip = ahead.Group - (4 * PairTileCode.LinesAtOnce(rows) * ahead.Row),
    };

    private static nint[]? Prepare()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64 || !HasInstruction()) return null;
        try
        {
            var code = new nint[MostVectors + 1];
            for (int vectors = 1; vectors <= MostVectors; vectors++) code[vectors] = ExecutableMemory.Of(PairTileCode.Of(RowsOf(vectors), vectors));
            return Enumerable.Range(1, MostVectors).All(vectors => Agrees(vectors, code[vectors])) ? code : null;
        }
        catch (Win32Exception)
        {
            // A system that allows no code to be written still has the other tiles.
            return null;
        }
    }

    // CPUID leaf 7, subleaf 1: AVX512_BF16.
    private static bool HasInstruction() => Avx512F.IsSupported && X86Base.CpuId(0, 0).Eax >= 7 && X86Base.CpuId(7, 0).Eax >= 1 && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;

    private static bool Agrees(int vectors, nint code)
    {
        const int Steps = 37, Lanes = 64, Rows = 12; // of the largest tiles
        const float Tolerance = 1e-4f;
        float* a = stackalloc float[Rows * Steps], b = stackalloc float[Lanes * Steps], mine = stackalloc float[Rows * Lanes], expected = stackalloc float[Rows * Lanes];
        Fill(a, Rows * Steps, 1);
        Fill(b, Lanes * Steps, 2);
        int rows = RowsOf(vectors), width = vectors * Vector512<float>.Count;
        var arguments = Arguments<InPlaceLayout>(rows, a, Steps, b, Steps, mine, width, add: false, Ahead.None(b));
        ((delegate* unmanaged<PairTileArguments*, void>)code)(&arguments);
        PairVectorTile<Vector512<float>, Simd512>.Run<InPlaceLayout>(vectors, a, Steps, b, Steps, expected, width, add: false, Ahead.None(b));
        for (int i = 0; i < rows * width; i++)
        {
            if (!(MathF.Abs(mine[i] - expected[i]) <= Tolerance * Steps)) return false;
        }
        return true;
    }

    // Pairs of numbers between -1 and 1.
    private static void Fill(float* target, int count, ulong stream)
    {
        float* pair = stackalloc float[2];
        for (int i = 0; i < count; i++)
        {
            (pair[0], pair[1]) = ((float)Math.Clamp(Philox.NormalAt(0, stream, (ulong)(2 * i)) / 4, -1, 1), (float)Math.Clamp(Philox.NormalAt(0, stream, (ulong)(2 * i) + 1) / 4, -1, 1));
            BFloat16.Pack(pair, 2, target + i);
        }
    }
}
