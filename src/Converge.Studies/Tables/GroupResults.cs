using Converge.Engine.Tuning;
using Converge.Studies.Run;

namespace Converge.Studies.Tables;

/// <summary>The tuning of one run.</summary>
/// <param name="Run">The run's number.</param>
/// <param name="Steps">Its updates.</param>
public sealed record TuningCurve(int Run, IReadOnlyList<TuningStep> Steps);

/// <summary>A run whose prompts are kept to be shown.</summary>
/// <param name="Run">The run's number.</param>
/// <param name="Instruction">Its instruction.</param>
/// <param name="Demonstrations">The ids of its demonstrations, in order.</param>
/// <param name="Prompts">The prompts of its first queries, under every condition.</param>
/// <param name="TuningRows">What its adapter was tuned on.</param>
public sealed record SampleRun(
    int Run, string Instruction, IReadOnlyList<string> Demonstrations, IReadOnlyList<PromptRecord> Prompts, IReadOnlyList<TuningRow> TuningRows);

/// <summary>The labels of a group of runs, and what guessing them would give.</summary>
/// <param name="Words">The label words.</param>
/// <param name="Gold">For each label, the number of queries, over all runs, whose gold label it is.</param>
public sealed record LabelCounts(IReadOnlyList<string> Words, IReadOnlyList<int> Gold)
{
    /// <summary>The accuracy of guessing uniformly.</summary>
    public double Chance => 1.0 / Words.Count;

    /// <summary>The accuracy of always answering with the commonest gold label.</summary>
    public double Commonest => (double)Gold.Max() / Gold.Sum();
}

/// <summary>What a report needs of a group of runs beside its summaries.</summary>
public sealed record GroupResults
{
    /// <summary>Model, task, factor and level.</summary>
    public required StudyGroup Group { get; init; }

    /// <summary>The number of blocks of the model.</summary>
    public required int Layers { get; init; }

    /// <summary>The width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>The labels; null in a task without labels.</summary>
    public required LabelCounts? Labels { get; init; }

    /// <summary>The number of queries over all runs.</summary>
    public required int Queries { get; init; }

    /// <summary>The fewest and the most demonstrations of a run.</summary>
    public required (int Fewest, int Most) Demonstrations { get; init; }

    /// <summary>What every run drew - its instruction, demonstrations and queries - as one text that equals another's where the draws are equal.</summary>
    public required IReadOnlyDictionary<int, string> Draws { get; init; }

    /// <summary>The tuning of every run, in the order of their numbers.</summary>
    public required IReadOnlyList<TuningCurve> Tuning { get; init; }

    /// <summary>Some runs with their prompts, in the order of their numbers.</summary>
    public required IReadOnlyList<SampleRun> Samples { get; init; }

    /// <summary>The number of runs.</summary>
    public int Runs => Tuning.Count;
}
