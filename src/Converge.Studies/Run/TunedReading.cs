using Converge.Engine.Capture;
using Converge.Engine.Model;
using Converge.Engine.Tokenizers;
using Converge.Engine.Tuning;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Plan;
using Converge.Studies.Spec;

namespace Converge.Studies.Run;

/// <summary>What a unit asks of its tuned model beside states, read while that model is alive.</summary>
/// <param name="TrainingWeights">[blocks, queries, training tokens]: see <see cref="TrainingAttentionMeasures"/>; null where it is not asked for.</param>
/// <param name="Decoded">Its answers; null where they are not asked for.</param>
internal sealed record TunedReading(double[]? TrainingWeights, DecodedTexts? Decoded)
{
    /// <summary>Reads a tuned model.</summary>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="model">The model; where all weights were tuned, the tuned one.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="adapter">Its adapter; null where all weights were tuned.</param>
    /// <param name="cancellation">Stops between layers.</param>
    public static TunedReading Of(LanguageModel model, Tokenizer tokenizer, PlannedUnit unit, LoraAdapter? adapter, CancellationToken cancellation) => new(
        unit.Metrics.Contains(ExtraMetrics.TrainingAttention) ? Weights(model, unit, adapter, cancellation) : null,
        unit.Metrics.Contains(ExtraMetrics.Generation) ? DecodedAnswers.Of(model, tokenizer, unit, Condition.It, adapter, cancellation) : null);

    private static double[] Weights(LanguageModel model, PlannedUnit unit, LoraAdapter? adapter, CancellationToken cancellation)
    {
        int under = adapter is null ? -1 : 0, blocks = model.Config.Layers, width = model.Config.QueryWidth;
        var rows = unit.TrainingTokens.GroupBy(token => token.Row).ToList();
        int[][] asked = [.. unit.Content.Prompts.Where(prompt => prompt.Condition == Condition.It).Select(prompt => prompt.Tokens)];
        List<Prompt> prompts = [.. rows.Select(row => new Prompt($"row/{row.Key}", unit.Content.TuningRows[row.Key].Tokens, under)), .. asked.Select((tokens, i) => new Prompt($"query/{i}", tokens, under))];
        List<int[]> positions = [.. rows.Select(row => row.Select(token => token.InRow).ToArray()), .. asked.Select(tokens => (int[])[tokens.Length - 1])];
        var captured = model.Capture(prompts, new CaptureRequest { Taps = CaptureTaps.Queries, PositionLists = positions }, adapter is null ? [] : [adapter], cancellation: cancellation).Prompts;
        var weights = new double[blocks * asked.Length * unit.TrainingTokens.Count];
        for (int block = 0, at = 0; block < blocks; block++)
        {
            double[] training = [.. rows.SelectMany((row, i) => captured[i].Queries.Skip(block * positions[i].Length * width).Take(positions[i].Length * width).Select(value => (double)value))];
            for (int query = 0; query < asked.Length; query++, at += unit.TrainingTokens.Count)
            {
                double[] last = [.. captured[rows.Count + query].Queries.Skip(block * width).Take(width).Select(value => (double)value)];
                TrainingAttention.Weights(new StateMatrix(unit.TrainingTokens.Count, width, training), last).CopyTo(weights, at);
            }
        }
        return weights;
    }
}
