namespace Converge.Numerics;

/// <summary>
/// How the columns of a product are cut into panels of vectors: of three, and of four or two at the end where three does not divide. Wide panels need the fewest loads
/// a multiplication; a single vector is only where it is alone, and two are narrow only where no four fits.
/// </summary>
internal readonly struct LanePanels
{
    /// <summary>The widest panel where the processor has 32 registers of vectors; AVX2 has 16 and holds three.</summary>
    public const int Widest = 4;

    private readonly int _threes, _other;

    /// <summary>The cut of some vectors, at least one.</summary>
    /// <param name="vectors">How many.</param>
    /// <param name="widest">The most that a panel may hold: 3 or <see cref="Widest"/>.</param>
    public LanePanels(int vectors, int widest)
    {
        Vectors = vectors;
        (_threes, _other) = (vectors % 3, vectors, widest) switch
        {
            (0, _, _) => (vectors / 3, 0),
            (1, 1, _) => (0, 1),
            (1, _, Widest) => ((vectors - 4) / 3, 4),
            (1, _, _) => ((vectors - 4) / 3, 2),
            (_, >= 8, Widest) => ((vectors - 8) / 3, 4),
            _ => ((vectors - 2) / 3, 2),
        };
        Count = _threes + (_other == 0 ? 0 : (vectors - 3 * _threes) / _other);
    }

    /// <summary>Vectors in all.</summary>
    public int Vectors { get; }

    /// <summary>The number of panels.</summary>
    public int Count { get; }

    /// <summary>The first vector of a panel; of the panel after the last, the number of vectors.</summary>
    public int First(int panel) => panel <= _threes ? 3 * panel : 3 * _threes + _other * (panel - _threes);

    /// <summary>The number of vectors of a panel.</summary>
    public int Width(int panel) => panel < _threes ? 3 : _other;

    /// <summary>The cut for a kind of vector.</summary>
    public static LanePanels Of<TVector, TSimd>(int vectors)
        where TVector : struct
        where TSimd : struct, ISimd<TVector> => new(vectors, TSimd.Width == 8 ? 3 : Widest);
}
