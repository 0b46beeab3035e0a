using Converge.Engine.Tuning;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Spec;

namespace Converge.Studies.Run;

/// <summary>Which unit of a study: one run of one task on one model at one level of one factor.</summary>
/// <param name="Model">The model's id in the study.</param>
/// <param name="Task">The task's name.</param>
/// <param name="Factor">The factor varied, or <c>base</c> for the study's own settings.</param>
/// <param name="Level">The factor's level, or <c>base</c>.</param>
/// <param name="Run">The run's number, from 0.</param>
public sealed record UnitKey(string Model, string Task, string Factor, string Level, int Run);

/// <summary>A prompt as it was run.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Query">The query's id.</param>
/// <param name="Text">The text.</param>
/// <param name="Tokens">The token ids.</param>
/// <param name="Answer">The right answer: the gold label's word, or the reference text of a task without labels.</param>
public sealed record PromptRecord(Condition Condition, string Query, string Text, int[] Tokens, string Answer);

/// <summary>What one condition left for all queries of a unit. Arrays are row-major.</summary>
/// <param name="ResidPost">[queries, layers + 1, hidden]: the last token's residual stream; 0 is the embedding, i the output of block i.</param>
/// <param name="FinalNorm">[queries, hidden]: the last layer after the final norm.</param>
/// <param name="AnswerLogProbabilities">[queries, answers a prompt]: the log-probability of every scored answer as a whole string, in nats.</param>
public sealed record ConditionStates(float[] ResidPost, float[] FinalNorm, double[] AnswerLogProbabilities);

/// <summary>What greedy decoding answers under one condition.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Texts">For each query, the answer without spaces at its ends.</param>
public sealed record DecodedTexts(Condition Condition, IReadOnlyList<string> Texts);

/// <summary>A finished unit of work: all that metrics need.</summary>
public sealed record UnitRecord
{
    /// <summary>Which unit.</summary>
    public required UnitKey Key { get; init; }

    /// <summary>The digest of everything the unit depends on.</summary>
    public required string Digest { get; init; }

    /// <summary>The number of blocks of the model.</summary>
    public required int Layers { get; init; }

    /// <summary>The width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>The instruction of this run.</summary>
    public required string Instruction { get; init; }

    /// <summary>The ids of the demonstrations, in their order in the prompt.</summary>
    public required IReadOnlyList<string> Demonstrations { get; init; }

    /// <summary>The ids of the queries; rows of all arrays follow this order.</summary>
    public required IReadOnlyList<string> Queries { get; init; }

    /// <summary>The answers that were scored: labels with the gold ones, or references.</summary>
    public required ScoredAnswers Answers { get; init; }

    /// <summary>Every prompt as it was run.</summary>
    public required IReadOnlyList<PromptRecord> Prompts { get; init; }

    /// <summary>What was trained for the IT condition.</summary>
    public TuningMethod Method { get; init; }

    /// <summary>Where in the prompts the states were taken.</summary>
    public StatePosition Position { get; init; }

    /// <summary>The states under each of the unit's conditions: the three that every unit has, and the references that its study asks for.</summary>
    public required IReadOnlyDictionary<Condition, ConditionStates> States { get; init; }

    /// <summary>
    /// What was measured on captures too large to be stored, where the study asks for it: one value a query each; see <see cref="ExtraMetrics"/>.
    /// </summary>
    public IReadOnlyList<MetricSeries> Measures { get; init; } = [];

    /// <summary>The tuning rows, as tokens.</summary>
    public required IReadOnlyList<TuningRow> TuningRows { get; init; }

    /// <summary>The steps of the tuning.</summary>
    public required IReadOnlyList<TuningStep> TuningSteps { get; init; }

    /// <summary>What the tuned adapter writes into, where the study asks for the overlap of adapters and the unit tuned one (M15).</summary>
    public IReadOnlyList<AdapterDirections> Directions { get; init; } = [];

    /// <summary>Decoded answers, where the study asks for them and the task has no labels: of anchor, ICL and IT.</summary>
    public IReadOnlyList<DecodedTexts> Decoded { get; init; } = [];

    /// <summary>The adapter before and after tuning, where the study keeps adapters and the unit tuned one.</summary>
    public (LoraAdapter Initial, LoraAdapter Final)? Adapters { get; init; }
}
