using Converge.Studies.Metrics;
using Converge.Studies.Spec;
using Converge.Studies.Statistics;
using Converge.Studies.Tables;

namespace Converge.Studies.Claims;

/// <summary>The numbers of a study that claims are made of, run by run.</summary>
public sealed class ClaimData
{
    private readonly StudyResults _results;
    private readonly Dictionary<StudyGroup, GroupResults> _groups;
    private readonly ClaimStatistics _statistics;

    internal ClaimData(StudyResults results, StudyDesign design, ClaimStatistics statistics)
    {
        (_results, Design, _statistics) = (results, design, statistics);
        _groups = results.Groups.ToDictionary(group => group.Group);
    }

    /// <summary>The study's design.</summary>
    public StudyDesign Design { get; }

    /// <summary>The group of a model and task under the study's own settings.</summary>
    public static StudyGroup BaseOf(string model, string task) => new(model, task, FactorReader.Reserved, FactorReader.Reserved);

    /// <summary>Whether the study has the group.</summary>
    public bool Has(StudyGroup group) => _groups.ContainsKey(group);

    /// <summary>The number of blocks of a group's model.</summary>
    internal int LayersOf(StudyGroup group) => _groups[group].Layers;

    /// <summary>The size of a group's model: blocks times the square of their width.</summary>
    internal double SizeOf(StudyGroup group) => _groups[group].Layers * Math.Pow(_groups[group].HiddenSize, 2);

    /// <summary>The levels of <paramref name="levels"/> that the study ran for a group's model and task.</summary>
    internal IEnumerable<(DesignLevel Level, StudyGroup Group)> Of(IEnumerable<DesignLevel> levels, StudyGroup group) =>
        levels.Select(level => (level, group with { Factor = level.Factor, Level = level.Level })).Where(pair => Has(pair.Item2));

    /// <summary>A metric of the last layer after the final norm, by run.</summary>
    internal IReadOnlyDictionary<int, double> Headline(StudyGroup group, string pair, string metric) =>
        Has(group) ? Runs(new SeriesKey(group, LayersOf(group), Taps.FinalNorm, pair, metric)) : new Dictionary<int, double>();

    /// <summary>The cosine of a pair in the last layer after the final norm, by run.</summary>
    internal IReadOnlyDictionary<int, double> Cosine(StudyGroup group, ConditionPair pair) => Headline(group, pair.Name, MetricNames.Cosine);

    /// <summary>The cosine of ICL and IT after a block, by run.</summary>
    internal IReadOnlyDictionary<int, double> CosineAt(StudyGroup group, int layer) =>
        Runs(new SeriesKey(group, layer, Taps.ResidPost, ConditionPair.IclIt.Name, MetricNames.Cosine));

    /// <summary>"It exceeds the threshold", or nothing without runs.</summary>
    internal IEnumerable<ClaimPart> Exceeds(string quantity, IReadOnlyDictionary<int, double> runs, double threshold) =>
        ClaimPart.Exceeds(quantity, InOrder(runs), threshold, _statistics) is { } part ? [part] : [];

    /// <summary>"It is within the margin of zero", or nothing without runs.</summary>
    internal IEnumerable<ClaimPart> IsWithin(string quantity, IReadOnlyDictionary<int, double> runs, double margin) =>
        ClaimPart.IsWithin(quantity, InOrder(runs), margin, _statistics) is { } part ? [part] : [];

    /// <summary>Differences run by run, of the runs that both have.</summary>
    internal static IReadOnlyDictionary<int, double> Minus(IReadOnlyDictionary<int, double> first, IReadOnlyDictionary<int, double> second) =>
        first.Where(run => second.ContainsKey(run.Key)).ToDictionary(run => run.Key, run => run.Value - second[run.Key]);

    /// <summary>For each run the slope of its values over ordered levels, see <see cref="Trend"/>; of runs that every level has.</summary>
    internal static IReadOnlyDictionary<int, double> Slopes(IReadOnlyList<(double Place, IReadOnlyDictionary<int, double> Runs)> levels)
    {
        double[] places = [.. levels.Select(level => level.Place)];
        var slopes = new Dictionary<int, double>();
        foreach (int run in levels[0].Runs.Keys.Where(run => levels.All(level => level.Runs.ContainsKey(run))))
            if (Trend.SlopeOf(places, [.. levels.Select(level => (double?)level.Runs[run])]) is { } slope)
                slopes.Add(run, slope);
        return slopes;
    }

    private static double[] InOrder(IReadOnlyDictionary<int, double> runs) => [.. runs.OrderBy(run => run.Key).Select(run => run.Value)];

    private Dictionary<int, double> Runs(SeriesKey key) =>
        _results.Find(key)?.Runs.Where(run => run.Mean is not null).ToDictionary(run => run.Run, run => run.Mean!.Value) ?? [];
}
