using Converge.Engine.Model;
using Converge.Studies.Conditions;
using Converge.Studies.Spec;

namespace Converge.Studies.Plan;

/// <summary>What the metrics that a unit asks for take beside its own passes.</summary>
/// <param name="Tokens">Tokens run, shared prefixes of a pass once.</param>
/// <param name="Context">The positions that they attend to, summed.</param>
/// <param name="Heads">Positions whose logits are computed.</param>
internal readonly record struct MeasuringCost(long Tokens, double Context, long Heads)
{
    /// <summary>All metrics of a unit together.</summary>
    public static MeasuringCost Of(PlannedUnit unit, ModelConfig config) => unit.Metrics.Aggregate(new MeasuringCost(), (sum, metric) => sum.Plus(metric switch
    {
        // Logits that answers are scored with are not kept.
        ExtraMetrics.Vocabulary => new MeasuringCost(0, 0, unit.Content.Prompts.Count),
        ExtraMetrics.TaskVector => TaskVector(unit, config),
        ExtraMetrics.TrainingAttention => Training(unit),
        ExtraMetrics.Generation => Decoding(unit),
        ExtraMetrics.Order => Shared([.. unit.OrderedPrompts.SelectMany(order => order)]),
        _ => new MeasuringCost(),
    }));

    private MeasuringCost Plus(MeasuringCost other) => new(Tokens + other.Tokens, Context + other.Context, Heads + other.Heads);

    // Every layer's state of ICL and of IT in the last token of every anchor, whose other tokens all copies share, and the answers after it.
    private static MeasuringCost TaskVector(PlannedUnit unit, ModelConfig config)
    {
        var anchors = unit.Content.Prompts.Index().Where(prompt => prompt.Item.Condition == Condition.Anchor).ToList();
        var (tokens, context) = UnitCost.Shared(anchors.Select(anchor => anchor.Item.Tokens[..^1]));
        var answers = anchors.SelectMany(anchor => unit.Content.AnswersAfter(anchor.Index).Select(answer => (After: anchor.Item.Tokens.Length, Run: answer.Length - 1))).ToList();
        int copies = 2 * (config.Layers + 1);
        long run = answers.Sum(answer => (long)answer.Run);
        double attended = anchors.Sum(anchor => (double)anchor.Item.Tokens.Length) + answers.Sum(answer => UnitCost.ContextAfter(answer.After, answer.Run));
        return new MeasuringCost(tokens + copies * (anchors.Count + run), context + copies * attended, copies * (anchors.Count + run));
    }

    // Prompts are run once more under each condition, then at most as many tokens as the reference has, of which the last is not run.
    private static MeasuringCost Decoding(PlannedUnit unit)
    {
        var sum = new MeasuringCost();
        foreach (var condition in unit.Content.Prompts.Index().Where(prompt => Conditions.Conditions.All.Contains(prompt.Item.Condition)).GroupBy(prompt => prompt.Item.Condition))
        {
            var answers = condition.Select(prompt => (After: prompt.Item.Tokens.Length, Run: unit.Content.Answers.RightAnswer(prompt.Index % unit.Queries.Count).Length - 1)).ToList();
            long run = answers.Sum(answer => (long)answer.Run);
            sum = sum.Plus(Shared([.. condition.Select(prompt => prompt.Item.Tokens)])).Plus(new MeasuringCost(run, answers.Sum(answer => UnitCost.ContextAfter(answer.After, answer.Run)), run));
        }
        return sum;
    }

    private static MeasuringCost Training(PlannedUnit unit)
    {
        var rows = unit.TrainingTokens.Select(token => token.Row).Distinct().Select(row => unit.Content.TuningRows[row].Tokens);
        return Shared([.. rows, .. unit.Content.Prompts.Where(prompt => prompt.Condition == Condition.It).Select(prompt => prompt.Tokens)]) with { Heads = 0 };
    }

    private static MeasuringCost Shared(IReadOnlyCollection<int[]> prompts)
    {
        var (tokens, context) = UnitCost.Shared(prompts);
        return new MeasuringCost(tokens, context, prompts.Count);
    }
}
