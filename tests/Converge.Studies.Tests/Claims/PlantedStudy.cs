using Converge.Studies.Claims;
using Converge.Studies.Conditions;
using Converge.Studies.Run;
using Converge.Studies.Statistics;
using Converge.Studies.Tables;

namespace Converge.Tests.Claims;

/// <summary>Studies of planted units, with as many groups as a claim needs.</summary>
internal static class PlantedStudy
{
    public const int Runs = 12;

    public static StudyDesign Design { get; } = new() { Models = ["planted"], Tasks = ["sentiment"] };

    /// <summary>
    /// IT lies between ICL's state (share 1) and one that has nothing to do with it (share 0), so that ICL-IT rises with the share.
    /// </summary>
    public static PlantedUnits.StateRule Between(double share) => (condition, run, query, layer) =>
    {
        float[] icl = PlantedUnits.IclEqualsIt(Condition.Icl, run, query, layer), apart = PlantedUnits.IclEqualsIt(Condition.Icl, run + 1000, query, layer);
        return condition switch
        {
            Condition.It => [.. icl.Zip(apart, (a, b) => (float)(share * a + (1 - share) * b))],
            _ => PlantedUnits.IclEqualsIt(condition, run, query, layer),
        };
    };

    /// <summary>The units of the base, or of a level.</summary>
    public static IEnumerable<UnitRecord> Group(PlantedUnits.StateRule rule, string factor = "base", string level = "base", string model = "planted", string task = "sentiment", int runs = Runs, Func<Condition, int, double[]>? logProbabilities = null) =>
        Enumerable.Range(0, runs).Select(run => PlantedUnits.Unit(rule, run, logProbabilities, task, model, factor, level));

    public static StudyResults Results(params IEnumerable<UnitRecord>[] groups) =>
        StudyResults.FromUnits(groups.SelectMany(group => group), new ResultOptions { Study = "planted", Bootstrap = new BootstrapOptions { Resamples = 200 } });

    public static IReadOnlyList<ClaimFinding> Findings(StudyDesign design, params IEnumerable<UnitRecord>[] groups) =>
        ClaimTable.Of(Results(groups), design, new BootstrapOptions { Resamples = 200 });

    public static ClaimFinding Finding(string id, StudyDesign design, params IEnumerable<UnitRecord>[] groups) =>
        Findings(design, groups).First(finding => finding.Claim.Id == id);
}
