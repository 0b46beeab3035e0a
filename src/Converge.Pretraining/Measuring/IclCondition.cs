namespace Converge.Pretraining.Measuring;

/// <summary>How the labels of an episode are chosen when learning in context is measured.</summary>
public enum IclLabels
{
    /// <summary>The classes' usual names.</summary>
    Usual,

    /// <summary>The usual names, exchanged.</summary>
    Flipped,

    /// <summary>Words that are labels in training too, with a meaning of the episode's own.</summary>
    Random,

    /// <summary>Words that are never labels in training.</summary>
    Unseen,
}

/// <summary>What is measured.</summary>
/// <param name="Task">The task, as the corpus names it.</param>
/// <param name="Labels">How labels are chosen.</param>
/// <param name="Instructed">Whether an instruction that names the labels stands in front.</param>
/// <param name="Shuffled">The control: every demonstration has a label by chance, so that nothing can be learnt from it.</param>
/// <param name="NewWording">Whether sentences have a word or template that no labelled sentence of the training has; otherwise they are new, and their words and templates are not.</param>
public sealed record IclCondition(string Task, IclLabels Labels, bool Instructed, bool Shuffled, bool NewWording = false)
{
    /// <summary>What is measured where nothing else is asked for.</summary>
    public static IReadOnlyList<IclCondition> All { get; } =
    [
        new("sentiment", IclLabels.Usual, true, false),
        new("sentiment", IclLabels.Flipped, true, false),
        new("sentiment", IclLabels.Random, true, false),
        new("sentiment", IclLabels.Unseen, true, false),
        new("sentiment", IclLabels.Unseen, false, false),
        new("topic", IclLabels.Unseen, true, false),
        new("question", IclLabels.Unseen, true, false),
        new("subjectivity", IclLabels.Unseen, true, false),
        new("sentiment", IclLabels.Unseen, true, true),
        new("sentiment", IclLabels.Random, true, true),
        new("sentiment", IclLabels.Usual, true, false, NewWording: true),
        new("sentiment", IclLabels.Unseen, true, false, NewWording: true),
        new("topic", IclLabels.Unseen, true, false, NewWording: true),
        new("question", IclLabels.Unseen, true, false, NewWording: true),
        new("subjectivity", IclLabels.Unseen, true, false, NewWording: true),
    ];

    /// <summary>In words.</summary>
    public override string ToString() => $"{Task}, {Labels.ToString().ToLowerInvariant()} labels{(Instructed ? "" : ", no instruction")}{(Shuffled ? ", shuffled" : "")}{(NewWording ? ", new wording" : "")}";
}
