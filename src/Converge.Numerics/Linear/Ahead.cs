namespace Converge.Numerics;

/// <summary>
/// Memory that a tile asks for while it computes, so that it is near when its turn comes: some lines for every group of steps, see <see cref="TileLayouts.LinesFetched"/>. Tiles of eight rows
/// by three vectors, and of six by four, ask for every second line only: processors fetch the other of a pair by themselves, and their buffers for lines on the way are few.
/// </summary>
/// <param name="First">The first line; any address is allowed.</param>
/// <param name="Row">Bytes from line to line.</param>
/// <param name="Group">Bytes that a group of steps moves on.</param>
internal readonly unsafe record struct Ahead(nint First, nint Row, nint Group)
{
    /// <summary>Nothing: one line again and again, which is near already.</summary>
    public static Ahead None(float* near) => new((nint)near, 0, 0);
}
