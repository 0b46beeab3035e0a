using Converge.Studies.Tasks;

namespace Converge.Studies.Demonstrations;

/// <summary>What one unit is made of: a run's draw as the unit's settings have it.</summary>
public sealed record UnitDraw
{
    /// <summary>The instruction.</summary>
    public required string Instruction { get; init; }

    /// <summary>The queries: those that the run drew, whatever the settings.</summary>
    public required IReadOnlyList<Example> Queries { get; init; }

    /// <summary>The demonstrations, in their order.</summary>
    public required IReadOnlyList<Demonstration> Demonstrations { get; init; }

    /// <summary>As many others, none of them the same; null where they are not asked for.</summary>
    public required IReadOnlyList<Demonstration>? Others { get; init; }

    /// <summary>The same in another order; null where it is not asked for, or there is but one.</summary>
    public required IReadOnlyList<Demonstration>? Reordered { get; init; }

    /// <summary>The orders of the demonstrations among which sensitivity to order is measured (M13): up to ten, the one drawn first; empty where it is not asked for.</summary>
    public IReadOnlyList<IReadOnlyList<Demonstration>> Orders { get; init; } = [];

    /// <summary>What the model of the IT condition is tuned on, in order.</summary>
    public required IReadOnlyList<Demonstration> Tuned { get; init; }

    /// <summary>The seed of random tokens.</summary>
    public required ulong TokenSeed { get; init; }
}
