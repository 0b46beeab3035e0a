namespace Converge.Numerics;

/// <summary>
/// How the columns of a product are cut into panels of up to three vectors: threes, with one or two twos at the end where three does not divide, and a single vector
/// only where it is alone. Wide panels need the fewest loads a multiplication.
/// </summary>
/// <param name="Vectors">Vectors in all; at least 1.</param>
internal readonly record struct LanePanels(int Vectors)
{
    private int Threes => Vectors == 1 ? 0 : (Vectors - (Vectors % 3 == 0 ? 0 : Vectors % 3 == 1 ? 4 : 2)) / 3;

    /// <summary>The number of panels.</summary>
    public int Count => Vectors == 1 ? 1 : Threes + (Vectors - 3 * Threes) / 2;

    /// <summary>The first vector of a panel; of the panel after the last, the number of vectors.</summary>
    public int First(int panel) => panel <= Threes ? 3 * panel : Math.Min(Vectors, 3 * Threes + 2 * (panel - Threes));

    /// <summary>The number of vectors of a panel.</summary>
    public int Width(int panel) => First(panel + 1) - First(panel);
}
