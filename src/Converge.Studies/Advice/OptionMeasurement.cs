using Converge.Engine.Model;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Plan;
using Converge.Studies.Run;
using Converge.Studies.Statistics;

namespace Converge.Studies.Advice;

/// <summary>Gathers one option over the runs of a level.</summary>
/// <param name="condition">The condition that is the option.</param>
/// <param name="demonstrations">Its number of demonstrations.</param>
/// <param name="config">The model's shape.</param>
internal sealed class OptionMeasurement(Condition condition, int demonstrations, ModelConfig config)
{
    private readonly List<(int Run, double Quality)> _runs = [];
    private readonly List<(int Run, double Share)> _shares = [];
    private readonly List<double> _confidences = [];
    private readonly List<bool> _right = [];
    private double _tokens, _flops, _keptFlops, _tuning;
    private int _prompts;

    /// <summary>Adds a run.</summary>
    public void Add(UnitRecord unit, double tuningFlops)
    {
        var scores = unit.States[condition].AnswerLogProbabilities;
        _runs.Add((unit.Key.Run, unit.Answers is LabelAnswers labels ? Labelled(scores, labels) : Mean(Likelihood.PerQuery(scores, ((ReferenceAnswers)unit.Answers).Tokens))));
        if (condition == Condition.It) _shares.Add((unit.Key.Run, ShareOfShift(unit)));
        List<int[]> prompts = [.. unit.Prompts.Where(prompt => prompt.Condition == condition).Select(prompt => prompt.Tokens)];
        int shared = prompts.Aggregate(prompts[0].Length, (common, tokens) => Math.Min(common, prompts[0].AsSpan().CommonPrefixLength(tokens)));
        foreach (var tokens in prompts)
        {
            double flops = UnitCost.ForwardOfPrompt(config, tokens.Length);
            _tokens += tokens.Length;
            _flops += flops;
            _keptFlops += flops - UnitCost.ForwardOfPrompt(config, shared) + UnitCost.ForwardOfPrompt(config, 0);
        }
        _prompts += prompts.Count;
        if (condition == Condition.It) _tuning += tuningFlops;
    }

    /// <summary>The option.</summary>
    public AdviceOption Build(ClusterBootstrap bootstrap)
    {
        var runs = _runs.OrderBy(run => run.Run).ToList();
        return new AdviceOption
        {
            Method = condition switch { Condition.Anchor => AdviceMethod.ZeroShot, Condition.Icl => AdviceMethod.InContext, _ => AdviceMethod.Tuned },
            Demonstrations = condition == Condition.Anchor ? 0 : demonstrations,
            Quality = EstimateOf(_runs, bootstrap),
            QualityOfRuns = [.. runs.Select(run => run.Quality)],
            CalibrationError = _confidences.Count == 0 ? null : Calibration.Error(_confidences, _right),
            TokensPerQuery = _tokens / _prompts,
            FlopsPerQuery = _flops / _prompts,
            FlopsPerQueryWithPrefixKept = _keptFlops / _prompts,
            TuningFlops = _tuning / _runs.Count,
            ShareOfShift = condition == Condition.It ? EstimateOf(_shares, bootstrap) : null,
        };
    }

    private static Estimate EstimateOf(IEnumerable<(int Run, double Value)> runs, ClusterBootstrap bootstrap) =>
        Estimate.Of(runs.Select(run => double.IsNaN(run.Value) ? new RunMean(run.Run, null, 0, 1) : new RunMean(run.Run, run.Value, 1, 0)), bootstrap);

    private double Labelled(double[] scores, LabelAnswers labels)
    {
        int count = labels.Words.Count, queries = labels.Gold.Count, right = 0;
        for (int query = 0; query < queries; query++)
        {
            double[] probabilities = LabelDistribution.Of(scores.AsSpan(query * count, count));
            int best = Array.IndexOf(probabilities, probabilities.Max());
            bool isRight = best == labels.Gold[query];
            _confidences.Add(probabilities[best]);
            _right.Add(isRight);
            right += isRight ? 1 : 0;
        }
        return right / (double)queries;
    }

    // The mean over queries after the final norm; queries that ICL does not move are left out.
    private static double ShareOfShift(UnitRecord unit)
    {
        StateMatrix Of(Condition of) => StateMatrix.OfLayer(unit.States[of].FinalNorm, unit.Queries.Count, 1, 0, unit.HiddenSize);
        return Mean(Shift.ReproducedPerQuery(Of(Condition.Anchor), Of(Condition.Icl), Of(Condition.It)));
    }

    private static double Mean(IReadOnlyList<double?> values) => values.Average() ?? double.NaN;
}
