namespace Converge.Numerics;

/// <summary>Where the scalars of a tile lie: constants that the compiler folds into a kernel.</summary>
internal interface ITileLayout
{
    /// <summary>Whether rows lie at a distance that the layout knows.</summary>
    static abstract bool IsPacked { get; }

    /// <summary>Floats from step to step within a group of <see cref="TileLayouts.Group"/> steps.</summary>
    static abstract nint Step { get; }

    /// <summary>Floats from the beginning of a group to that of the next.</summary>
    static abstract nint Advance { get; }

    /// <summary>Floats from row to row.</summary>
    /// <param name="stride">What a layout that lies in somebody else's memory is told.</param>
    static abstract nint Row(nint stride);

    /// <summary>Bytes between the cache lines of a group that are fetched ahead: as many as a tile has rows.</summary>
    /// <param name="stride">What a layout that lies in somebody else's memory is told.</param>
    static abstract nint Line(nint stride);
}

/// <summary>What all layouts share.</summary>
internal static class TileLayouts
{
    /// <summary>Steps of a group: a cache line of float32.</summary>
    public const int Group = 16;

    /// <summary>Rows that are packed together: every tile's rows divide it.</summary>
    public const int Rows = 24;

    /// <summary>Cache lines that a tile of some rows asks for in a group of steps, see <see cref="Ahead"/>: as many as the rows, up to a multiple of four.</summary>
    public static int LinesFetched(int rows) => (rows + 3) / 4 * 4;

    /// <summary>A number of steps, up to whole groups.</summary>
    public static int Padded(int steps) => (steps + Group - 1) / Group * Group;
}

/// <summary>Sixteen steps of the first of 24 rows, sixteen of the second, and so on: what rows that follow each other in memory are packed to by copying whole cache lines.</summary>
internal readonly struct LineLayout : ITileLayout
{
    public static bool IsPacked => true;

    public static nint Step => 1;

    public static nint Advance => TileLayouts.Rows * TileLayouts.Group;

    public static nint Row(nint stride) => TileLayouts.Group;

    public static nint Line(nint stride) => TileLayouts.Group * sizeof(float);
}

/// <summary>All 24 rows of the first step, all of the second, and so on: what columns are packed to by copying.</summary>
internal readonly struct StepLayout : ITileLayout
{
    public static bool IsPacked => true;

    public static nint Step => TileLayouts.Rows;

    public static nint Advance => TileLayouts.Rows * TileLayouts.Group;

    public static nint Row(nint stride) => 1;

    // A tile's rows of a group lie within 24 lines, and lines beyond its own are the next tile's.
    public static nint Line(nint stride) => 2 * TileLayouts.Group * sizeof(float);
}

/// <summary>Rows of float32 where they lie.</summary>
internal readonly struct InPlaceLayout : ITileLayout
{
    public static bool IsPacked => false;

    public static nint Step => 1;

    public static nint Advance => TileLayouts.Group;

    public static nint Row(nint stride) => stride;

    public static nint Line(nint stride) => stride * sizeof(float);
}
