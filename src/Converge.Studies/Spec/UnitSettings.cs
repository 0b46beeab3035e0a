using Converge.Studies.Tasks;

namespace Converge.Studies.Spec;

/// <summary>Everything of a unit that a factor may vary. The draws that stay - instruction, queries, adapter, dropout - belong to the run.</summary>
public sealed record UnitSettings
{
    /// <summary>The demonstrations.</summary>
    public required DemonstrationSpec Demonstrations { get; init; }

    /// <summary>What stands in the ICL prompt where the demonstrations stand.</summary>
    public required ContextSource Context { get; init; }

    /// <summary>The instruction of all conditions.</summary>
    public required InstructionChoice Instruction { get; init; }

    /// <summary>The prompt templates that differ from their task's own, by the task's name.</summary>
    public required IReadOnlyDictionary<string, PromptTemplate> Templates { get; init; }

    /// <summary>How the model of the IT condition is tuned.</summary>
    public required TuningSpec Tuning { get; init; }

    /// <summary>Where in a prompt the state is taken (F13).</summary>
    public required StatePosition Position { get; init; }

    /// <summary>How a task's prompts are put together.</summary>
    public PromptTemplate TemplateOf(TaskSpec task) => Templates.GetValueOrDefault(task.Name, task.Template);
}

/// <summary>What stands in the ICL prompt where the demonstrations stand.</summary>
public enum ContextSource
{
    /// <summary>The demonstrations.</summary>
    Demonstrations,

    /// <summary>As many random tokens (C5).</summary>
    RandomTokens,
}

/// <summary>Which instruction of the pool a run uses.</summary>
public enum InstructionChoice
{
    /// <summary>The one that the run drew.</summary>
    Drawn,

    /// <summary>One of the others, drawn too.</summary>
    Other,
}

/// <summary>Where in a prompt the state is taken.</summary>
public enum StatePosition
{
    /// <summary>The last token: where the answer begins.</summary>
    Last,

    /// <summary>The last token of the right answer, read after the prompt.</summary>
    Label,

    /// <summary>The mean over the tokens of the query.</summary>
    QueryMean,
}
