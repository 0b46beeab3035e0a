using Converge.Engine;

namespace Converge.Studies.Plan;

/// <summary>How serious a finding is.</summary>
public enum Severity
{
    /// <summary>The study cannot run.</summary>
    Error,

    /// <summary>The study can run, but probably not as meant.</summary>
    Warning,

    /// <summary>Worth knowing.</summary>
    Note,
}

/// <summary>Something that validation found.</summary>
/// <param name="Severity">How serious it is.</param>
/// <param name="Where">The place.</param>
/// <param name="What">What was found there.</param>
/// <param name="Mend">What the user can do about it; empty where nothing need be done.</param>
public sealed record Finding(Severity Severity, string Where, string What, string Mend)
{
    /// <summary>The finding for an input that was refused.</summary>
    public static Finding Of(BadInputException refusal) => new(Severity.Error, refusal.Where, refusal.What, refusal.Mend);

    /// <inheritdoc/>
    public override string ToString() => Mend.Length == 0 ? $"{Where}: {What}." : $"{Where}: {What}. {Mend}.";
}

/// <summary>A prompt as the first run would use it, to be looked at.</summary>
/// <param name="Model">The model's id.</param>
/// <param name="Task">The task's name.</param>
/// <param name="Condition">The condition's name, or <c>tuning row</c>.</param>
/// <param name="Text">The text.</param>
/// <param name="Tokens">Its tokens as the vocabulary spells them.</param>
public sealed record RenderedPrompt(string Model, string Task, string Condition, string Text, IReadOnlyList<string> Tokens);

/// <summary>What validation found.</summary>
/// <param name="Findings">Errors first.</param>
/// <param name="Prompts">For every model and task the first prompt of each condition and the first tuning row.</param>
/// <param name="Plan">The plan, if there is no error.</param>
public sealed record ValidationResult(IReadOnlyList<Finding> Findings, IReadOnlyList<RenderedPrompt> Prompts, StudyPlan? Plan)
{
    /// <summary>True if the study can run.</summary>
    public bool IsValid => Findings.All(finding => finding.Severity != Severity.Error);
}
