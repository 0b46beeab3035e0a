namespace Converge.Numerics.Tests.Support;

/// <summary>Sizes at which tiles, vectors and blocks begin, end and leave a rest.</summary>
internal static class Sizes
{
    public static int[] Odd { get; } = [1, 2, 3, 5, 7, 15, 16, 17, 31, 33, 63, 65, 127, 129];

    /// <summary>Around the length of the blocks into which long sums are cut.</summary>
    public static int[] Long { get; } = [639, 640, 641, 1023, 1024, 1025, 1026, 1027, 1028, 1029, 1030, 1279, 1280, 1281, 2049];

    public static int[] All { get; } = [.. Odd, .. Long];
}
