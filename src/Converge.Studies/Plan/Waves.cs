using Converge.Engine.Model;

namespace Converge.Studies.Plan;

/// <summary>
/// How many units go side by side. A wave is tuned together, captured together and stored; so it bounds what a kill loses, and memory.
/// Its size alters no result.
/// </summary>
public static class Waves
{
    /// <summary>Tokens that one pass of a wave runs at most, unless a single unit has more.</summary>
    public const long MostTokens = 49_152;

    /// <summary>The working set that a wave is kept below, in bytes, unless a single unit needs more.</summary>
    private const long MostBytes = 1L << 30;

    /// <summary>Cuts units, in their order, into waves of one model each.</summary>
    /// <param name="units">The units to compute.</param>
    /// <param name="config">Their model's shape.</param>
    /// <param name="tokens">The budget of a pass in tokens; null: the usual one.</param>
    public static IEnumerable<IReadOnlyList<PlannedUnit>> Cut(IEnumerable<PlannedUnit> units, ModelConfig config, long? tokens = null)
    {
        long budget = tokens ?? Budget(config);
        var wave = new List<PlannedUnit>();
        long used = 0;
        foreach (var unit in units)
        {
            long needed = Tokens(UnitCost.Of(unit, config), config);
            if (wave.Count > 0 && used + needed > budget)
            {
                yield return wave;
                (wave, used) = ([], 0);
            }
            wave.Add(unit);
            used += needed;
        }
        if (wave.Count > 0) yield return wave;
    }

    /// <summary>The working set of the largest wave, in bytes.</summary>
    internal static long MemoryBytes(StudyPlan plan)
    {
        long most = 0;
        foreach (var model in plan.Models)
        {
            var costs = plan.Units.Where(unit => unit.Key.Model == model.Spec.Id).Select(unit => UnitCost.Of(unit, model.Config)).ToList();
            long all = costs.Sum(cost => Tokens(cost, model.Config)), single = costs.Max(cost => Tokens(cost, model.Config));
            // Full tuning holds weights, gradients and two moments, of one unit at a time.
            bool full = plan.Units.Any(unit => unit.Key.Model == model.Spec.Id && unit.Method == Spec.TuningMethod.Full);
            most = Math.Max(most, Math.Max(single, Math.Min(all, Budget(model.Config))) * BytesPerToken(model.Config) + (full ? 16 * StudyCost.Parameters(model.Config) : 0));
        }
        return most;
    }

    /// <summary>The usual budget of a pass, in tokens.</summary>
    internal static long Budget(ModelConfig config) => Math.Clamp(MostBytes / BytesPerToken(config), 1, MostTokens);

    // A tuning token keeps the input of every linear layer of every block until the backward pass; a captured token only one block's.
    private static long Tokens(UnitCost cost, ModelConfig config) =>
        Math.Max(cost.SharedPromptTokens + cost.AnswerTokens, cost.BatchTokens * Math.Max(1, TuningBytesPerToken(config) / BytesPerToken(config)));

    /// <summary>What a token needs in a pass, in bytes.</summary>
    internal static long BytesPerToken(ModelConfig config) => 4L * (4 * config.HiddenSize + 2 * config.QueryWidth + 2 * config.KeyValueWidth + 3 * config.IntermediateSize);

    private static long TuningBytesPerToken(ModelConfig config) => config.Layers * BytesPerToken(config);
}
