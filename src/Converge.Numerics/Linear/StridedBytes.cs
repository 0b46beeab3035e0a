namespace Converge.Numerics;

/// <summary>Where the rows of an operand lie, for what is fetched ahead of its use: beyond the last row there may be anything.</summary>
/// <param name="First">The first element of the first row.</param>
/// <param name="Row">Bytes from row to row.</param>
/// <param name="Element">Bytes of an element.</param>
internal readonly unsafe record struct StridedBytes(nint First, nint Row, int Element)
{
    /// <summary>A weight as it lies.</summary>
    public static StridedBytes Of(WeightView w) => new((nint)w.Row(0), (nint)w.Columns * w.Type.Size(), w.Type.Size());

    /// <summary>An element's address.</summary>
    public nint At(int row, int column) => First + row * Row + (nint)column * Element;
}
