namespace Converge.Numerics;

/// <summary>
/// Outer-product tiles: c[i, :] = (or +=) the sum over steps of a[i, step] b[step, :], for some rows of scalars and up to four vectors of lanes.
/// </summary>
internal unsafe interface IProductTile
{
    /// <summary>Rows of a tile of so many vectors: where sums stay in registers, as many as these hold. They divide <see cref="TileLayouts.Rows"/>.</summary>
    static abstract int RowsOf(int vectors);

    /// <summary>One tile of <see cref="RowsOf"/> rows.</summary>
    /// <param name="vectors">As many as a panel of <see cref="LanePanels"/> has.</param>
    /// <param name="a">The scalars, as TLayout says.</param>
    /// <param name="stride">Floats from row to row of them, where TLayout does not know.</param>
    /// <param name="b">The vectors of a step one after the other.</param>
    /// <param name="steps">The length of the sums.</param>
    /// <param name="c">The first row of results.</param>
    /// <param name="cRow">Floats from row to row of them.</param>
    /// <param name="add">Whether sums are added to what is there.</param>
    /// <param name="ahead">What to fetch meanwhile.</param>
    static abstract void Run<TLayout>(int vectors, float* a, nint stride, float* b, int steps, float* c, nint cRow, bool add, Ahead ahead) where TLayout : struct, ITileLayout;
}

/// <summary>What the 32 bits of an operand stand for.</summary>
internal interface ITerms
{
    /// <summary>Whether they are two bfloat16 numbers that follow each other, rather than one float32.</summary>
    static abstract bool ArePairs { get; }
}

/// <summary>One float32.</summary>
internal readonly struct Singles : ITerms
{
    public static bool ArePairs => false;
}

/// <summary>Two bfloat16 numbers, the first in the lower half, as they lie in memory.</summary>
internal readonly struct Pairs : ITerms
{
    public static bool ArePairs => true;
}
