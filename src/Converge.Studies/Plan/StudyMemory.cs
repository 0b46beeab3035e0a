using Converge.Engine;
using Converge.Engine.Model;
using Converge.Studies.Spec;

namespace Converge.Studies.Plan;

/// <summary>The memory that a study's models and waves are given. It alters no result.</summary>
public static class StudyMemory
{
    /// <summary>The memory of one model of a study.</summary>
    /// <param name="plan">The study.</param>
    /// <param name="model">The model.</param>
    /// <param name="limit">All that may be taken, in bytes; null: what the machine has.</param>
    /// <exception cref="BadInputException">It is too little for the model, or for tuning all of its weights where the study does.</exception>
    public static MemoryPlan Of(StudyPlan plan, PlannedModel model, long? limit)
    {
        var memory = MemoryPlan.Of(model.Config, model.WeightBytes, limit);
        if (memory.Streams && model.Spec.UntrainedCopyOf is not null)
            throw new BadInputException("--memory", $"the fresh weights of model '{model.Spec.Id}' do not fit", "Give more, or leave the untrained copy out");
        if (plan.Units.Any(unit => unit.Key.Model == model.Spec.Id && unit.Method == TuningMethod.Full)) memory.ForFullTuning(model.Config, plan.Spec.Compute);
        return memory;
    }

    /// <summary>The budget of a wave's pass in tokens: as <see cref="Waves"/> judges, and no more than the memory given holds.</summary>
    public static long? WaveTokens(MemoryPlan memory, ModelConfig config) => Math.Min(Waves.Budget(config), Math.Max(1, memory.PassActivations / Waves.BytesPerToken(config)));

    /// <summary>The tokens of the largest update of each unit in the wave that has most of them.</summary>
    public static IReadOnlyList<long> TuningTokens(StudyPlan plan, PlannedModel model, long? waveTokens) =>
        Waves.Cut(plan.Units.Where(unit => unit.Key.Model == model.Spec.Id && unit.Method == TuningMethod.Lora), model.Config, waveTokens)
            .Select(wave => wave.Select(unit => UnitCost.Of(unit, model.Config).BatchTokens).ToList())
            .MaxBy(tokens => tokens.Sum()) ?? [];
}
