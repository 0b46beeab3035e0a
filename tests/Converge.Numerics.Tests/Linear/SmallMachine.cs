using Iced.Intel;

namespace Converge.Numerics.Tests.Linear;

/// <summary>Takes the few instructions that tiles are made of one by one: 64-bit registers, vectors of sixteen floats, memory of this process.</summary>
internal sealed unsafe class SmallMachine(byte[] code)
{
    private readonly long[] _whole = new long[16];
    private readonly float[][] _vectors = [.. Enumerable.Range(0, 32).Select(_ => new float[16])];
    private readonly Stack<long> _stack = new();
    private bool _zero, _less;

    /// <summary>Addresses that were fetched ahead.</summary>
    public List<long> Fetched { get; } = [];

    /// <summary>Runs the code with its first argument; it must leave the registers of its caller as they were.</summary>
    public void Run(nint argument)
    {
        // Registers hold what their number says, so that one that is not restored shows.
        for (int i = 0; i < _whole.Length; i++) _whole[i] = 1000 + i;
        _whole[Register.RDI - Register.RAX] = argument;
        var reader = new ByteArrayCodeReader(code);
        var decoder = Decoder.Create(64, reader);
        while (true)
        {
            decoder.Decode(out var instruction);
            if (instruction.Mnemonic == Mnemonic.Ret) break;
            if (Step(instruction) is not { } target) continue;
            reader.Position = (int)target;
            decoder.IP = target;
        }
        foreach (var kept in new[] { Register.RBX, Register.RBP, Register.R12, Register.R13, Register.R14, Register.R15 }) Assert.Equal(1000 + (kept - Register.RAX), _whole[kept - Register.RAX]);
        Assert.Empty(_stack);
    }

    // The address to go on at, where it is not the next.
    private ulong? Step(in Instruction i)
    {
        switch (i.Mnemonic)
        {
            case Mnemonic.Push: _stack.Push(Whole(i.Op0Register)); break;
            case Mnemonic.Pop: Whole(i.Op0Register) = _stack.Pop(); break;
            case Mnemonic.Mov: Whole(i.Op0Register) = Operand(i, 1); break;
            case Mnemonic.Lea: Whole(i.Op0Register) = Address(i); break;
            case Mnemonic.Add: Compare(Whole(i.Op0Register) += Operand(i, 1)); break;
            case Mnemonic.Sub: Compare(Whole(i.Op0Register) -= Operand(i, 1)); break;
            case Mnemonic.Dec: Compare(Whole(i.Op0Register) -= 1); break;
            case Mnemonic.Test: Compare(Whole(i.Op0Register) & Whole(i.Op1Register)); break;
            case Mnemonic.Jl: return _less ? i.NearBranchTarget : null;
            case Mnemonic.Jge: return _less ? null : i.NearBranchTarget;
            case Mnemonic.Je: return _zero ? i.NearBranchTarget : null;
            case Mnemonic.Jne: return _zero ? null : i.NearBranchTarget;
            case Mnemonic.Prefetcht0: Fetched.Add(Address(i)); break;
            case Mnemonic.Vpxord: Array.Clear(Vector(i.Op0Register)); break;
            case Mnemonic.Vbroadcastss: Array.Fill(Vector(i.Op0Register), *(float*)Address(i)); break;
            case Mnemonic.Vmovups when i.Op0Kind == OpKind.Memory: Vector(i.Op1Register).CopyTo(new Span<float>((void*)Address(i), 16)); break;
            case Mnemonic.Vmovups: new Span<float>((void*)Address(i), 16).CopyTo(Vector(i.Op0Register)); break;
            case Mnemonic.Vaddps:
                for (int lane = 0; lane < 16; lane++) Vector(i.Op0Register)[lane] = Vector(i.Op1Register)[lane] + ((float*)Address(i))[lane];
                break;
            case Mnemonic.Vdpbf16ps: Multiply(Vector(i.Op0Register), Vector(i.Op1Register), Vector(i.Op2Register)); break;
            case Mnemonic.Vzeroupper: break;
            default: throw new NotSupportedException($"{i.Mnemonic}");
        }
        return null;
    }

    // The processor's manual: the upper products are added first, each by a fused operation.
    private static void Multiply(float[] sums, float[] first, float[] second)
    {
        for (int lane = 0; lane < 16; lane++)
        {
            uint a = BitConverter.SingleToUInt32Bits(first[lane]), b = BitConverter.SingleToUInt32Bits(second[lane]);
            float sum = MathF.FusedMultiplyAdd(BitConverter.UInt32BitsToSingle(a & 0xFFFF0000), BitConverter.UInt32BitsToSingle(b & 0xFFFF0000), sums[lane]);
            sums[lane] = MathF.FusedMultiplyAdd(BitConverter.UInt32BitsToSingle(a << 16), BitConverter.UInt32BitsToSingle(b << 16), sum);
        }
    }

    private void Compare(long result) => (_zero, _less) = (result == 0, result < 0);

    private long Operand(in Instruction i, int index) => i.GetOpKind(index) switch
    {
        OpKind.Register => Whole(i.GetOpRegister(index)),
        OpKind.Memory => *(long*)Address(i),
        _ => (long)i.GetImmediate(index),
    };

    private long Address(in Instruction i) =>
        Whole(i.MemoryBase) + (i.MemoryIndex == Register.None ? 0 : Whole(i.MemoryIndex) * i.MemoryIndexScale) + (long)i.MemoryDisplacement64;

    private ref long Whole(Register register) => ref _whole[register.GetFullRegister() - Register.RAX];

    private float[] Vector(Register register) => _vectors[register.GetFullRegister() - Register.ZMM0];
}
