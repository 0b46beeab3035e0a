namespace Converge.Numerics;

/// <summary>Where the elements of a tile's rows lie: constants that the compiler folds into a kernel.</summary>
internal interface ITileLayout
{
    /// <summary>Steps that lie at an even distance; after them the pointer moves on by <see cref="Skip"/>.</summary>
    static abstract int Group { get; }

    /// <summary>Floats from row to row.</summary>
    static abstract int Row { get; }

    /// <summary>Floats from step to step, in a tile of some rows.</summary>
    static abstract int Step(int rows);

    /// <summary>Floats from the end of a group to the next one.</summary>
    static abstract int Skip(int rows);
}

/// <summary>Sixteen steps of the first row, sixteen of the second, and so on: what rows that follow each other in memory are packed to by copying whole cache lines.</summary>
internal readonly struct LineLayout : ITileLayout
{
    public const int Line = 16;

    public static int Group => Line;

    public static int Row => Line;

    public static int Step(int rows) => 1;

    public static int Skip(int rows) => (rows - 1) * Line;
}

/// <summary>All rows of the first step, all of the second, and so on: what columns are packed to by copying.</summary>
internal readonly struct StepLayout : ITileLayout
{
    public static int Group => int.MaxValue;

    public static int Row => 1;

    public static int Step(int rows) => rows;

    public static int Skip(int rows) => 0;
}
