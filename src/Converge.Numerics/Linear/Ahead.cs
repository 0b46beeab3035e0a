namespace Converge.Numerics;

/// <summary>Memory that a tile asks for while it computes, so that it is near when its turn comes: a line of each of some rows for every group of steps.</summary>
/// <param name="First">The first line of the first row; any address is allowed.</param>
/// <param name="Row">Bytes from row to row.</param>
/// <param name="Group">Bytes that a group of steps moves on.</param>
internal readonly unsafe record struct Ahead(nint First, nint Row, nint Group)
{
    /// <summary>Nothing: one line again and again, which is near already.</summary>
    public static Ahead None(float* near) => new((nint)near, 0, 0);
}
