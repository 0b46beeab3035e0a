using Converge.Engine;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Run;

namespace Converge.Studies.Tables;

/// <summary>
/// M15 while units stream past: the overlap of the adapters of runs 0 and 1, of 2 and 3, and so on. No run is in two pairs, so that pairs are independent
/// draws as runs are; the last of an odd number of runs has no partner. A pair's values stand under its first run.
/// </summary>
internal sealed class AdapterPairs
{
    private readonly Dictionary<(StudyGroup Group, int Run), IReadOnlyList<AdapterDirections>> _waiting = [];

    /// <summary>The overlaps of a unit's adapter with its partner's, and the number of the pair's first run; none before both have come.</summary>
    /// <exception cref="BadInputException">The two adapt other layers.</exception>
    public (int Run, IReadOnlyList<MetricSeries> Overlaps) Add(UnitRecord unit)
    {
        int run = unit.Key.Run, first = run & ~1;
        if (unit.Directions.Count == 0) return (first, []);
        var group = StudyGroup.Of(unit.Key);
        if (!_waiting.Remove((group, run ^ 1), out var partner))
        {
            _waiting.Add((group, run), unit.Directions);
            return (first, []);
        }
        if (!partner.Select(Place).SequenceEqual(unit.Directions.Select(Place)))
            throw new BadInputException($"{group.Model}/{group.Task}/{group.Factor}/{group.Level}, run {run}", "adapts other layers than the run beside it", "Remove the stored units and run the study again");
        // The first run first, whichever came first, so that sums are taken in one order.
        var (earlier, later) = run == first ? (unit.Directions, partner) : (partner, unit.Directions);
        return (first, [.. earlier.Zip(later, (a, b) => new MetricSeries(a.Layer, a.Target, Condition.It.Name(), MetricNames.AdapterOverlap, false, [AdapterOverlap.Of(a, b)]))]);

        static (int, string, int) Place(AdapterDirections of) => (of.Layer, of.Target, of.Outputs);
    }
}
