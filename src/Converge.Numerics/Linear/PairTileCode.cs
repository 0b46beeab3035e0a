using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Converge.Numerics;

/// <summary>What the machine code of a tile is called with; distances in bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PairTileArguments
{
    /// <summary>The first scalar.</summary>
    public nint A;

    /// <summary>From row to row of scalars.</summary>
    public nint ARow;

    /// <summary>From the end of a group of sixteen steps to the next one, in a row of scalars.</summary>
    public nint ASkip;

    /// <summary>The vectors.</summary>
    public nint B;

    /// <summary>The length of the sums.</summary>
    public nint Steps;

    /// <summary>The first result.</summary>
    public nint C;

    /// <summary>From row to row of results.</summary>
    public nint CRow;

    /// <summary>Not zero: sums are added to what is there.</summary>
    public nint Add;

    /// <summary>What to fetch: a line, another one a row further for each quarter of a group and row of the tile...</summary>
    public nint Next;

    /// <summary>... that far apart...</summary>
    public nint NextRow;

    /// <summary>... and from the last line of a group to the first one of the next.</summary>
    public nint NextSkip;
}

/// <summary>
/// Writes tiles that multiply pairs of bfloat16 with <c>vdpbf16ps</c>, which C# has no name for: c[i, :] = (or +=) the sum over steps of a[i, step] b[step, :], two
/// products a step, as <see cref="IProductTile"/> says. The code follows the System V calling convention.
/// </summary>
internal static class PairTileCode
{
    private const int Vector = 64, Unrolled = 4, Group = TileLayouts.Group;

    private static readonly AssemblerRegisterZMM[] s_zmm =
    [
        zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7, zmm8, zmm9, zmm10, zmm11, zmm12, zmm13, zmm14, zmm15,
        zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23, zmm24, zmm25, zmm26, zmm27, zmm28,
    ];

    // Every third row of scalars has a register of its own; the two after it are reached through the stride.
    private static readonly AssemblerRegister64[] s_scalars = [rsi, r9, r10, r11];

    /// <summary>Lines that are fetched for every four steps.</summary>
    public static int LinesAtOnce(int rows) => TileLayouts.LinesFetched(rows) * Unrolled / Group;

    /// <summary>The code of a tile of some rows, at most 12, by some vectors; 24 sums at most.</summary>
    public static byte[] Of(int rows, int vectors)
    {
        // Without it registers from 16 on are refused.
        var code = new Assembler(64) { PreferVex = false };
        var (groups, quarter, tail, step, done, store) = (code.CreateLabel(), code.CreateLabel(), code.CreateLabel(), code.CreateLabel(), code.CreateLabel(), code.CreateLabel());
        int bases = (rows + 2) / 3;
        AssemblerRegister64[] kept = [rbx, rbp, r12, r13];
        foreach (var register in kept) code.push(register);
        code.mov(rsi, __qword_ptr[rdi + Offset(nameof(PairTileArguments.A))]);
        code.mov(r8, __qword_ptr[rdi + Offset(nameof(PairTileArguments.ARow))]);
        code.mov(r13, __qword_ptr[rdi + Offset(nameof(PairTileArguments.ASkip))]);
        code.mov(rdx, __qword_ptr[rdi + Offset(nameof(PairTileArguments.B))]);
        code.mov(rcx, __qword_ptr[rdi + Offset(nameof(PairTileArguments.Steps))]);
        code.mov(rbx, __qword_ptr[rdi + Offset(nameof(PairTileArguments.Next))]);
        code.mov(rbp, __qword_ptr[rdi + Offset(nameof(PairTileArguments.NextRow))]);
        code.mov(r12, __qword_ptr[rdi + Offset(nameof(PairTileArguments.NextSkip))]);
        for (int i = 1; i < bases; i++)
        {
            code.lea(s_scalars[i], __[s_scalars[i - 1] + r8 * 2]);
            code.add(s_scalars[i], r8);
        }
        for (int i = 0; i < rows * vectors; i++) code.vpxord(s_zmm[i], s_zmm[i], s_zmm[i]);

        code.sub(rcx, Group);
        code.jl(tail);
        code.Label(ref groups);
        code.mov(eax, Group / Unrolled);
        code.Label(ref quarter);
        for (int i = 0; i < Unrolled; i++) Step(code, rows, vectors, i);
        Fetch(code, LinesAtOnce(rows));
        Advance(code, bases, Unrolled * sizeof(float), Unrolled * vectors * Vector);
        code.dec(eax);
        code.jnz(quarter);
        code.add(rbx, r12);
        for (int i = 0; i < bases; i++) code.add(s_scalars[i], r13);
        code.sub(rcx, Group);
        code.jge(groups);

        code.Label(ref tail);
        code.add(rcx, Group);
        code.jz(done);
        code.Label(ref step);
        Step(code, rows, vectors, 0);
        Advance(code, bases, sizeof(float), vectors * Vector);
        code.dec(rcx);
        code.jnz(step);

        code.Label(ref done);
        code.mov(rdx, __qword_ptr[rdi + Offset(nameof(PairTileArguments.C))]);
        code.mov(r8, __qword_ptr[rdi + Offset(nameof(PairTileArguments.CRow))]);
        code.mov(rsi, rdx);
        code.mov(rax, __qword_ptr[rdi + Offset(nameof(PairTileArguments.Add))]);
        code.test(rax, rax);
        code.jz(store);
        for (int row = 0; row < rows; row++, code.add(rsi, r8))
            for (int i = 0; i < vectors; i++) code.vaddps(Sum(row, i), Sum(row, i), __zmmword_ptr[rsi + i * Vector]);
        code.Label(ref store);
        for (int row = 0; row < rows; row++, code.add(rdx, r8))
            for (int i = 0; i < vectors; i++) code.vmovups(__zmmword_ptr[rdx + i * Vector], Sum(row, i));
        code.vzeroupper();
        foreach (var register in kept.Reverse()) code.pop(register);
        code.ret();
        var bytes = new MemoryStream();
        code.Assemble(new StreamCodeWriter(bytes), rip: 0);
        return bytes.ToArray();

        AssemblerRegisterZMM Sum(int row, int i) => s_zmm[row * vectors + i];
    }

    private static void Step(Assembler code, int rows, int vectors, int at)
    {
        // Sums take the first 24 registers.
        const int FirstVector = 24, Scalar = 28;
        for (int i = 0; i < vectors; i++) code.vmovups(s_zmm[FirstVector + i], __zmmword_ptr[rdx + (at * vectors + i) * Vector]);
        for (int row = 0; row < rows; row++)
        {
            var third = s_scalars[row / 3];
            int offset = at * sizeof(float);
            code.vbroadcastss(s_zmm[Scalar], (row % 3) switch { 0 => __dword_ptr[third + offset], 1 => __dword_ptr[third + r8 + offset], _ => __dword_ptr[third + r8 * 2 + offset] });
            for (int i = 0; i < vectors; i++) code.vdpbf16ps(s_zmm[row * vectors + i], s_zmm[Scalar], s_zmm[FirstVector + i]);
        }
    }

    private static void Fetch(Assembler code, int lines)
    {
        for (int i = 0; i < lines; i++)
        {
            code.prefetcht0(__byte_ptr[rbx]);
            code.add(rbx, rbp);
        }
    }

    private static void Advance(Assembler code, int bases, int scalars, int vectors)
    {
        for (int i = 0; i < bases; i++) code.add(s_scalars[i], scalars);
        code.add(rdx, vectors);
    }

    private static int Offset(string field) => (int)Marshal.OffsetOf<PairTileArguments>(field);
}
