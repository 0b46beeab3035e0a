using Converge.Engine.Model;
using Converge.Engine.Tuning;
using Converge.Studies.Conditions;
using Converge.Studies.Run;
using Converge.Studies.Spec;

namespace Converge.Studies.Plan;

/// <summary>A unit of work: everything that its results depend on, apart from the model's weights.</summary>
public sealed record PlannedUnit
{
    /// <summary>
    /// Enters every digest. Raised whenever a change of the code changes results in any bit: arithmetic, random draws, what a unit stores.
    /// </summary>
    public const int SchemaVersion = 5;

    /// <summary>Which unit.</summary>
    public required UnitKey Key { get; init; }

    /// <summary>The digest of the model's tokenizer.</summary>
    public required string TokenizerDigest { get; init; }

    /// <summary>The arithmetic.</summary>
    public required ComputeMode Compute { get; init; }

    /// <summary>The instruction of this run.</summary>
    public required string Instruction { get; init; }

    /// <summary>The ids of the demonstrations, in their order.</summary>
    public required IReadOnlyList<string> Demonstrations { get; init; }

    /// <summary>The ids of the queries, in their order.</summary>
    public required IReadOnlyList<string> Queries { get; init; }

    /// <summary>The prompts, scored answers and tuning rows.</summary>
    public required UnitPrompts Content { get; init; }

    /// <summary>What is trained for the IT condition.</summary>
    public required TuningMethod Method { get; init; }

    /// <summary>Where in a prompt the state is taken.</summary>
    public required StatePosition Position { get; init; }

    /// <summary>What is measured beside states and scored answers.</summary>
    public IReadOnlyList<ExtraMetrics> Metrics { get; init; } = [];

    /// <summary>The ICL prompts under every order that M13 takes, [orders][queries], as tokens; empty where it is not asked for.</summary>
    public IReadOnlyList<IReadOnlyList<int[]>> OrderedPrompts { get; init; } = [];

    /// <summary>The demonstrations' tokens that M8 compares; empty where it is not asked for.</summary>
    public IReadOnlyList<TrainingToken> TrainingTokens { get; init; } = [];

    /// <summary>The texts that end a decoded answer; empty where none is decoded.</summary>
    public IReadOnlyList<string> AnswerEnds { get; init; } = [];

    /// <summary>The adapter's hyper-parameters; without meaning where all weights are trained.</summary>
    public required LoraRecipe Lora { get; init; }

    /// <summary>The seed of the adapter before tuning.</summary>
    public required ulong AdapterSeed { get; init; }

    /// <summary>The optimiser; its seed is that of dropout.</summary>
    public required TuningRecipe Tuning { get; init; }

    /// <summary>
    /// The digest under which the unit's results are stored: a SHA-256, in lower-case hexadecimal, over the model's digest and everything here
    /// but <see cref="Key"/>. Neither the names of model and study nor the number of shards enter.
    /// </summary>
    /// <param name="modelDigest">The digest of configuration and weights.</param>
    public string DigestFor(string modelDigest)
    {
        using var digest = new DigestBuilder();
        digest.Add(SchemaVersion).Add(modelDigest).Add(TokenizerDigest).Add(Compute.ToString());
        digest.Add(Instruction).Add(Demonstrations).Add(Queries);
        digest.Add(Content.Prompts.Count);
        foreach (var prompt in Content.Prompts) digest.Add(prompt.Condition.Name()).Add(prompt.Query).Add(prompt.Text).Add(prompt.Tokens).Add(prompt.Answer);
        Add(digest, Content.Answers);
        digest.Add(Content.TuningRows.Count);
        foreach (var row in Content.TuningRows) digest.Add(row.Tokens).Add(row.LossFrom);
        digest.Add(Method.ToString()).Add(Position.ToString());
        if (Method == TuningMethod.Lora) digest.Add(Lora.Rank).Add(Lora.Alpha).Add(Lora.Dropout).Add([.. Lora.Targets.Select(target => target.Name())]).Add(AdapterSeed);
        digest.Add(Tuning.LearningRate).Add(Tuning.Steps).Add(Tuning.BatchSize).Add(Tuning.WeightDecay).Add(Tuning.Beta1).Add(Tuning.Beta2).Add(Tuning.Epsilon).Add(Tuning.Seed);
        foreach (var metric in Metrics.Order()) digest.Add(metric.ToString());
        foreach (var tokens in OrderedPrompts.SelectMany(order => order)) digest.Add(tokens);
        if (AnswerEnds.Count > 0) digest.Add(AnswerEnds);
        foreach (var token in TrainingTokens) digest.Add([token.InContext, token.Row, token.InRow]);
        return digest.Hex();
    }

    private static void Add(DigestBuilder digest, ScoredAnswers answers)
    {
        if (answers is LabelAnswers labels) digest.Add("labels").Add(labels.Words).Add(labels.Gold).Add(labels.Tokens);
        else if (answers is ReferenceAnswers references) digest.Add("references").Add(references.Texts).Add(references.Tokens);
    }
}
