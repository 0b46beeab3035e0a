using System.Globalization;
using Converge.Engine;
using Converge.Studies.Conditions;
using Converge.Studies.Plan;
using Converge.Studies.Run;
using Converge.Studies.Statistics;

namespace Converge.Studies.Advice;

/// <summary>Draws advice from a study of one model and one task whose levels differ in the number of demonstrations.</summary>
public static class Adviser
{
    /// <summary>The advice.</summary>
    /// <param name="plan">The study.</param>
    /// <param name="units">Its finished units.</param>
    /// <param name="expectedQueries">How many queries are to be answered.</param>
    /// <param name="bootstrap">Intervals.</param>
    /// <exception cref="BadInputException">There is no unit, or there are several models or tasks.</exception>
    public static Advice Of(StudyPlan plan, IEnumerable<UnitRecord> units, double expectedQueries, ClusterBootstrap bootstrap)
    {
        if (plan.Models.Count != 1 || plan.Spec.Tasks.Count != 1) throw new BadInputException(plan.Spec.Name, "has several models or tasks", "Ask for advice on one of each");
        var config = plan.Models[0].Config;
        var costs = plan.Units.ToDictionary(unit => unit.Key, unit => UnitCost.Of(unit, config).TuningFlops);
        var measured = new SortedDictionary<(int, Condition), OptionMeasurement>();
        var (gold, losses) = (new Dictionary<int, int>(), new List<double>());
        foreach (var unit in units)
        {
            int k = unit.Demonstrations.Count;
            if (unit.Key.Factor == PlannedLevel.Base) Take(0, Condition.Anchor, unit);
            Take(k, Condition.Icl, unit);
            Take(k, Condition.It, unit);
            if (unit.Key.Factor == PlannedLevel.Base && unit.Answers is LabelAnswers labels)
                foreach (int answer in labels.Gold) gold[answer] = gold.GetValueOrDefault(answer) + 1;
            losses.Add(unit.TuningSteps[^1].Loss / unit.TuningSteps[0].Loss);
        }
        if (measured.Count == 0) throw new BadInputException(plan.Spec.Name, "no unit is finished", "Run it first");
        List<AdviceOption> options = [.. measured.Values.Select(one => one.Build(bootstrap)).OrderBy(option => option.Method).ThenBy(option => option.Demonstrations)];
        double? commonest = gold.Count == 0 ? null : gold.Values.Max() / (double)gold.Values.Sum();
        return Judge(options, commonest, expectedQueries, losses.Average(), bootstrap);

        void Take(int k, Condition condition, UnitRecord unit)
        {
            if (!measured.TryGetValue((k, condition), out var one)) measured.Add((k, condition), one = new OptionMeasurement(condition, k, config));
            one.Add(unit, costs[unit.Key]);
        }
    }

    /// <summary>The advice on measured options.</summary>
    /// <param name="options">The options; zero-shot among them.</param>
    /// <param name="commonest">The accuracy of always answering with the commonest label; null without labels.</param>
    /// <param name="expectedQueries">How many queries are to be answered.</param>
    /// <param name="lossLeft">The loss before tunings' last update over that before the first, on average.</param>
    /// <param name="bootstrap">Intervals.</param>
    internal static Advice Judge(IReadOnlyList<AdviceOption> options, double? commonest, double expectedQueries, double lossLeft, ClusterBootstrap bootstrap)
    {
        var best = options.MaxBy(option => option.Quality.Mean)!;
        List<AdviceOption> asGood = [.. options.Where(option => option == best || !(Advice.Difference(best, option, bootstrap) is { Mean: > Advice.WorthALook, Interval: { } interval } && interval.IsAbove(0)))];
        var useful = commonest is null ? asGood : [.. asGood.Where(option => option.Quality.Interval is { } interval ? interval.IsAbove(commonest.Value) : option.Quality.Mean > commonest)];
        var recommended = useful.MinBy(option => option.FlopsFor(expectedQueries));
        return new Advice
        {
            Options = options,
            Measure = commonest is null ? "log-likelihood a token" : "accuracy",
            Commonest = commonest,
            ExpectedQueries = expectedQueries,
            Best = best,
            AsGood = asGood,
            Recommended = recommended,
            Evidence = [.. EvidenceFor(options, best, asGood, recommended, expectedQueries, bootstrap)],
            Doubts = [.. DoubtsAbout(options, commonest, recommended, lossLeft)],
        };
    }

    private static IEnumerable<string> EvidenceFor(IReadOnlyList<AdviceOption> options, AdviceOption best, List<AdviceOption> asGood, AdviceOption? recommended, double queries, ClusterBootstrap bootstrap)
    {
        yield return recommended == best ? $"{best.Name} has the highest quality, {Show(best.Quality.Mean)}."
            : $"The highest quality is that of {best.Name}, {Show(best.Quality.Mean)}; {(asGood.Count == 1 ? "no other option comes near it" : $"not credibly worse are {string.Join(", ", asGood.Where(option => option != best).Select(option => option.Name))}")}.";
        foreach (var option in options.Where(option => option != best && (option.Method == AdviceMethod.ZeroShot || option == BestOf(options, option.Method))))
        {
            var (mean, interval) = Advice.Difference(best, option, bootstrap);
            yield return $"{option.Name} is {Show(mean)}{(interval is { } known ? $" [{Show(known.Low)}, {Show(known.High)}]" : "")} below {best.Name}, paired by runs.";
        }
        if (BestOf(options, AdviceMethod.InContext) is not { } icl || BestOf(options, AdviceMethod.Tuned) is not { } tuned) yield break;
        yield return Pays(tuned, icl, false);
        yield return Pays(tuned, icl, true);
        if (tuned.ShareOfShift is { Mean: { } share } shift)
            yield return $"Tuning on {tuned.Demonstrations} demonstrations reproduces {Percent(share)}{(shift.Interval is { } known ? $" [{Percent(known.Low)}, {Percent(known.High)}]" : "")} of the shift that showing them gives the last state.";
        if (recommended is not null) yield return $"For {queries.ToString("N0", CultureInfo.InvariantCulture)} queries {recommended.Name} takes {recommended.FlopsFor(queries).ToString("0.0e+0", CultureInfo.InvariantCulture)} operations{(recommended.TuningFlops > 0 ? ", tuning included" : "")}, the fewest among the options as good.";
    }

    private static string Pays(AdviceOption tuned, AdviceOption icl, bool kept)
    {
        var where = kept ? " where the demonstrations' keys and values are kept between queries" : "";
        return tuned.PaysAgainst(icl, kept) switch
        {
            null => $"{tuned.Name} never takes fewer operations than {icl.Name}{where}.",
            0 => $"{tuned.Name} takes fewer operations than {icl.Name} from the first query on{where}.",
            { } queries => $"{tuned.Name} takes fewer operations than {icl.Name} from {queries.ToString("N0", CultureInfo.InvariantCulture)} queries on{where}.",
        };
    }

    private static IEnumerable<string> DoubtsAbout(IReadOnlyList<AdviceOption> options, double? commonest, AdviceOption? recommended, double lossLeft)
    {
        int runs = options[0].QualityOfRuns.Count;
        if (recommended is null) yield return $"No option as good as the best is credibly better than always giving the commonest answer ({Show(commonest)}): neither prompting nor tuning on so little helps here.";
        if (runs < 10) yield return $"There are only {runs} runs; intervals are wide, and with more of them options may part.";
        if (options.Count > 2) yield return $"The best of {options.Count} options is chosen on the data that it is judged by, so its lead is a little flattering.";
        yield return "Tuning was tried at one learning rate, for one number of epochs; another may do better.";
        if (lossLeft > 0.7) yield return $"Tuning has hardly begun: its loss ended at {Percent(lossLeft)} of where it began. Try a higher learning rate.";
        if (recommended?.CalibrationError is > 0.1) yield return $"Probabilities of {recommended.Name} are off by {Percent(recommended.CalibrationError.Value)} on average: do not read them as confidence.";
        if (recommended is { Quality.Sd: { } sd } && recommended.Method != AdviceMethod.ZeroShot && sd > 0.05) yield return $"Much depends on which demonstrations are drawn: the standard deviation over runs is {Show(sd)}.";
    }

    private static AdviceOption? BestOf(IReadOnlyList<AdviceOption> options, AdviceMethod method) => options.Where(option => option.Method == method).MaxBy(option => option.Quality.Mean);

    private static string Show(double? value) => value is { } number ? number.ToString("0.000", CultureInfo.InvariantCulture) : "unknown";

    private static string Percent(double share) => $"{(100 * share).ToString("0", CultureInfo.InvariantCulture)} %";
}
