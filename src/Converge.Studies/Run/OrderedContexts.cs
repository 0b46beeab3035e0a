using Converge.Engine.Capture;
using Converge.Engine.Model;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Plan;

namespace Converge.Studies.Run;

/// <summary>M13: how much the next token's distribution under ICL depends on the order of the demonstrations (Shen et al. 2024).</summary>
internal static class OrderedContexts
{
    /// <summary><c>order_sensitivity</c> of every query, over the unit's orders; undefined with fewer than two.</summary>
    /// <param name="model">The model without adapters.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="cancellation">Stops between layers.</param>
    public static MetricSeries Of(LanguageModel model, PlannedUnit unit, CancellationToken cancellation)
    {
        int queries = unit.Queries.Count;
        var values = new double?[queries];
        if (unit.OrderedPrompts.Count > 1)
        {
            List<Prompt> prompts = [.. unit.OrderedPrompts.SelectMany((order, i) => order.Select((tokens, query) => new Prompt($"{i}/{query}", tokens, -1)))];
            var captured = model.Capture(prompts, new CaptureRequest { Taps = CaptureTaps.Logits }, [], cancellation: cancellation).Prompts;
            for (int query = 0; query < queries; query++)
                values[query] = OrderSensitivity.Of([.. Enumerable.Range(0, unit.OrderedPrompts.Count).Select(order => TokenScores.LogProbabilities(captured[order * queries + query].Logits))]);
        }
        return new MetricSeries(null, Taps.Logits, Condition.Icl.Name(), MetricNames.OrderSensitivity, true, values);
    }
}
