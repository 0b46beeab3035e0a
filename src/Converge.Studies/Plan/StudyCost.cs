using Converge.Engine.Model;

namespace Converge.Studies.Plan;

/// <summary>What computing a study takes. Counts are exact; memory and disk are estimates, and time follows from a measured rate.</summary>
public sealed record StudyCost
{
    /// <summary>The number of units to compute.</summary>
    public required int Units { get; init; }

    /// <summary>The number of prompts.</summary>
    public required int Prompts { get; init; }

    /// <summary>The tokens of all prompts.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>The tokens that are computed for them where each distinct prefix within a unit and under one adapter is computed once.</summary>
    public required long SharedPromptTokens { get; init; }

    /// <summary>The tokens of answers that are run after prompts in order to score answers of several tokens.</summary>
    public required long AnswerTokens { get; init; }

    /// <summary>The tokens of the passes that metrics asked for take by themselves.</summary>
    public required long MeasuringTokens { get; init; }

    /// <summary>The tokens run in tuning, all epochs together.</summary>
    public required long TuningTokens { get; init; }

    /// <summary>Updates of all tunings.</summary>
    public required long TuningSteps { get; init; }

    /// <summary>Floating-point operations of capturing states and scoring answers.</summary>
    public required double CaptureFlops { get; init; }

    /// <summary>Floating-point operations of the passes that metrics asked for take by themselves.</summary>
    public required double MeasuringFlops { get; init; }

    /// <summary>Floating-point operations of tuning.</summary>
    public required double TuningFlops { get; init; }

    /// <summary>Bytes of finished units, and of exports where the study keeps any.</summary>
    public required long DiskBytes { get; init; }

    /// <summary>Bytes of memory: the largest model's weights, which the system may drop and read again, and the working set of one wave.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>All floating-point operations.</summary>
    public double Flops => CaptureFlops + MeasuringFlops + TuningFlops;

    /// <summary>The time that it takes at a rate of <paramref name="flopsPerSecond"/>, measured on this machine.</summary>
    public TimeSpan TimeAt(double flopsPerSecond) => TimeSpan.FromSeconds(Math.Min(Flops / flopsPerSecond, TimeSpan.MaxValue.TotalSeconds / 2));

    /// <summary>Parameters of a model of this shape; a tied head counts once.</summary>
    public static long Parameters(ModelConfig config) =>
        config.Layers * (config.LinearParametersPerLayer + 2L * config.HiddenSize) + config.HiddenSize + (config.TieWordEmbeddings ? 1L : 2L) * config.VocabSize * config.HiddenSize;

    /// <summary>What computing some units of a plan takes. Of units that are the same in all but their key one is computed.</summary>
    internal static StudyCost Of(StudyPlan plan, IEnumerable<PlannedUnit> some)
    {
        var models = plan.Models.ToDictionary(model => model.Spec.Id);
        var units = some.DistinctBy(unit => (models[unit.Key.Model].Spec.Path, models[unit.Key.Model].Spec.UntrainedCopyOf, unit.DigestFor("")))
            .Select(unit => (Unit: unit, Cost: UnitCost.Of(unit, models[unit.Key.Model].Config))).ToList();
        long exports = 0;
        if (plan.Spec.Keep.Contains(Spec.KeepKind.States)) exports += units.Sum(unit => unit.Cost.StateBytes);
        if (plan.Spec.Keep.Contains(Spec.KeepKind.Adapters)) exports += units.Sum(unit => 4 * unit.Cost.AdapterBytes);
        return new StudyCost
        {
            Units = units.Count,
            Prompts = units.Sum(unit => unit.Unit.Content.Prompts.Count),
            PromptTokens = units.Sum(unit => unit.Cost.PromptTokens),
            SharedPromptTokens = units.Sum(unit => unit.Cost.SharedPromptTokens),
            AnswerTokens = units.Sum(unit => unit.Cost.AnswerTokens),
            MeasuringTokens = units.Sum(unit => unit.Cost.MeasuringTokens),
            TuningTokens = units.Sum(unit => unit.Cost.TuningTokens),
            TuningSteps = units.Sum(unit => (long)unit.Unit.Tuning.Steps),
            CaptureFlops = units.Sum(unit => unit.Cost.CaptureFlops),
            MeasuringFlops = units.Sum(unit => unit.Cost.MeasuringFlops),
            TuningFlops = units.Sum(unit => unit.Cost.TuningFlops),
            DiskBytes = units.Sum(unit => unit.Cost.StateBytes + unit.Cost.DirectionBytes) + exports,
            MemoryBytes = plan.Models.Max(model => model.WeightBytes) + Waves.MemoryBytes(plan),
        };
    }
}
