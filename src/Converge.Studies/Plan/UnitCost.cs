using Converge.Engine.Model;
using Converge.Studies.Conditions;
using Converge.Studies.Spec;

namespace Converge.Studies.Plan;

/// <summary>
/// What one unit takes. A multiplication and an addition count as two operations. Forward: 2 P a token for the P parameters of the linear
/// layers, 4 w c for the scores and the weighted sum of attention over c earlier positions at width w of all heads, and 2 V h for the logits
/// where they are wanted. Tuning adds a backward pass: under an adapter the base weights are frozen, so it takes the gradient with respect to
/// activations alone, as many operations as the forward pass; in full tuning that with respect to weights too, as many again. Adapters, norms and the optimiser are below a hundredth and left out.
/// </summary>
internal sealed record UnitCost
{
    public required long PromptTokens { get; init; }

    public required long SharedPromptTokens { get; init; }

    public required long AnswerTokens { get; init; }

    public required long TuningTokens { get; init; }

    /// <summary>Tokens of the largest update.</summary>
    public required long BatchTokens { get; init; }

    /// <summary>Tokens of the passes that the metrics asked for take by themselves.</summary>
    public required long MeasuringTokens { get; init; }

    public required double MeasuringFlops { get; init; }

    public required double CaptureFlops { get; init; }

    public required double TuningFlops { get; init; }

    /// <summary>Bytes of the states of all prompts, float32.</summary>
    public required long StateBytes { get; init; }

    /// <summary>Bytes of the directions that an adapter's overlap is taken of, float32; 0 where it is not asked for.</summary>
    public required long DirectionBytes { get; init; }

    /// <summary>Bytes of the adapter, float32.</summary>
    public required long AdapterBytes { get; init; }

    public static UnitCost Of(PlannedUnit unit, ModelConfig config)
    {
        var prompts = unit.Content.Prompts;
        var tuned = prompts.Where(prompt => prompt.Condition == Condition.It).Select(prompt => prompt.Tokens);
        var plain = prompts.Where(prompt => prompt.Condition != Condition.It).Select(prompt => prompt.Tokens);
        var shared = new[] { Shared(plain), Shared(tuned) };
        // The last token of an answer predicts nothing that is asked for.
        var answers = prompts.SelectMany((prompt, i) => unit.Content.AnswersAfter(i).Select(answer => (After: prompt.Tokens.Length, Run: answer.Length - 1))).ToList();
        // At the label's position the right answer is read to its end.
        if (unit.Position == StatePosition.Label)
            answers.AddRange(prompts.Select((prompt, i) => (prompt.Tokens.Length, unit.Content.Answers.RightAnswer(i % unit.Queries.Count).Length)));
        long answerTokens = answers.Sum(answer => (long)answer.Run);
        double answerContext = answers.Sum(answer => ContextAfter(answer.After, answer.Run));
        long heads = prompts.Count + answerTokens;
        int rows = unit.Content.TuningRows.Count;
        long epochs = unit.Tuning.Steps / ((rows + unit.Tuning.BatchSize - 1) / unit.Tuning.BatchSize);
        long rowTokens = unit.Content.TuningRows.Sum(row => (long)row.Tokens.Length);
        long targets = unit.Content.TuningRows.Sum(row => (long)row.Tokens.Length - row.LossFrom);
        double rowContext = unit.Content.TuningRows.Sum(row => Triangle(row.Tokens.Length));
        var measuring = MeasuringCost.Of(unit, config);
        return new UnitCost
        {
            MeasuringTokens = measuring.Tokens,
            MeasuringFlops = Forward(config, measuring.Tokens, measuring.Context, measuring.Heads),
            PromptTokens = prompts.Sum(prompt => (long)prompt.Tokens.Length),
            SharedPromptTokens = shared.Sum(part => part.Tokens),
            AnswerTokens = answerTokens,
            TuningTokens = epochs * rowTokens,
            BatchTokens = unit.Content.TuningRows.Chunk(unit.Tuning.BatchSize).Max(batch => batch.Sum(row => (long)row.Tokens.Length)),
            CaptureFlops = Forward(config, shared.Sum(part => part.Tokens) + answerTokens, shared.Sum(part => part.Context) + answerContext, heads),
            TuningFlops = (unit.Method == TuningMethod.Full ? 3 : 2) * epochs * Forward(config, rowTokens, rowContext, targets),
            StateBytes = 4L * prompts.Count * (config.Layers + 2) * config.HiddenSize,
            DirectionBytes = unit.Metrics.Contains(ExtraMetrics.Adapters) ? 4L * config.Layers * unit.Lora.Targets.Sum(target => (long)unit.Lora.Rank * target.Shape(config).Out) : 0,
            AdapterBytes = unit.Method == TuningMethod.Full ? 0 : 4L * config.Layers * unit.Lora.Targets.Sum(target => (long)unit.Lora.Rank * (target.Shape(config).In + target.Shape(config).Out)),
        };
    }

    /// <summary>The operations of a forward pass over a prompt of some tokens, with logits after the last.</summary>
    public static double ForwardOfPrompt(ModelConfig config, int tokens) => Forward(config, tokens, Triangle(tokens), 1);

    private static double Forward(ModelConfig config, double tokens, double context, double heads) =>
        2.0 * config.Layers * config.LinearParametersPerLayer * tokens + 4.0 * config.Layers * config.QueryWidth * context + 2.0 * config.VocabSize * config.HiddenSize * heads;

    /// <summary>The number of distinct prefixes of the sequences, and the sum of their lengths, which is the number of positions attended to.</summary>
    internal static (long Tokens, double Context) Shared(IEnumerable<int[]> sequences)
    {
        long tokens = 0;
        double context = 0;
        int[] previous = [];
        foreach (var sequence in sequences.Order(Lexicographic))
        {
            int common = previous.AsSpan().CommonPrefixLength(sequence);
            tokens += sequence.Length - common;
            context += Triangle(sequence.Length) - Triangle(common);
            previous = sequence;
        }
        return (tokens, context);
    }

    /// <summary>The positions that <paramref name="run"/> tokens attend to after <paramref name="after"/> others.</summary>
    internal static double ContextAfter(int after, int run) => (double)after * run + Triangle(run);

    private static double Triangle(double n) => n * (n + 1) / 2;

    private static readonly Comparer<int[]> Lexicographic = Comparer<int[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));
}
