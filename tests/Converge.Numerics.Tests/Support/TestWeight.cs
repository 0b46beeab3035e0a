namespace Converge.Numerics.Tests.Support;

/// <summary>A weight for tests, in any element type, at any address.</summary>
internal sealed unsafe class TestWeight : IDisposable
{
    private readonly GuardedBytes _bytes;

    public TestWeight(ElementType type, int rows, int columns, int byteOffset = 0)
    {
        _bytes = new GuardedBytes((long)rows * columns * SizeOf(type), byteOffset);
        View = new WeightView(_bytes.Data, type, rows, columns);
    }

    public WeightView View { get; }

    /// <summary>An element, converted here and not by the code under test. bfloat16 takes the upper half of the float32.</summary>
    public double this[int row, int column]
    {
        get
        {
            long at = (long)row * View.Columns + column;
            return View.Type switch
            {
                ElementType.F64 => ((double*)View.Data)[at],
                ElementType.F32 => ((float*)View.Data)[at],
                ElementType.F16 => (double)((Half*)View.Data)[at],
                _ => BitConverter.Int32BitsToSingle(((ushort*)View.Data)[at] << 16),
            };
        }
        set
        {
            long at = (long)row * View.Columns + column;
            switch (View.Type)
            {
                case ElementType.F64: ((double*)View.Data)[at] = value; break;
                case ElementType.F32: ((float*)View.Data)[at] = (float)value; break;
                case ElementType.F16: ((Half*)View.Data)[at] = (Half)value; break;
                default: ((ushort*)View.Data)[at] = (ushort)(BitConverter.SingleToUInt32Bits((float)value) >> 16); break;
            }
        }
    }

    public TestWeight Fill(Func<int, int, double> value)
    {
        for (int row = 0; row < View.Rows; row++)
            for (int column = 0; column < View.Columns; column++) this[row, column] = value(row, column);
        return this;
    }

    public TestWeight FillNormal(ulong seed) => Fill((row, column) => Philox.NormalAt(seed, (ulong)row, (ulong)column));

    public TestWeight FillWhole(ulong seed) => Fill((row, column) => Whole.At(seed, row, column));

    public void Dispose() => _bytes.Dispose();

    /// <summary>Addresses at which files put a weight of this type: aligned to its element and to no more.</summary>
    public static int[] Offsets(ElementType type) => type switch
    {
        ElementType.F64 => [0, 8],
        ElementType.F32 => [0, 4, 8],
        _ => [0, 2],
    };

    private static int SizeOf(ElementType type) => type == ElementType.F64 ? 8 : type == ElementType.F32 ? 4 : 2;
}
