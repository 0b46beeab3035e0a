namespace Converge.Cli.Bench;

/// <summary>The counts and lengths of a study in which every prompt is of the same length.</summary>
/// <param name="Runs">Draws of demonstrations, each with a tuning of its own.</param>
/// <param name="Queries">Queries of a run, under all three conditions.</param>
/// <param name="Demonstrations">Demonstrations of a run.</param>
/// <param name="InstructionTokens">Tokens of the instruction, before the query and before each row of tuning.</param>
/// <param name="DemonstrationTokens">Tokens of a demonstration, its answer included.</param>
/// <param name="QueryTokens">Tokens of a query.</param>
/// <param name="AnswerTokens">Tokens of an answer, on which the loss is taken.</param>
/// <param name="Epochs">Passes over a run's demonstrations, one an update.</param>
internal sealed record StudySize(int Runs, int Queries, int Demonstrations, int InstructionTokens, int DemonstrationTokens, int QueryTokens, int AnswerTokens, int Epochs)
{
    /// <summary>A study of the usual size.</summary>
    public static StudySize Whole { get; } = new(30, 32, 4, 20, 30, 30, 2, 10);

    /// <summary>A study that takes a moment.</summary>
    public static StudySize Small { get; } = new(2, 4, 4, 20, 30, 30, 2, 2);

    /// <summary>Updates of a run.</summary>
    public int Updates => Epochs * Demonstrations;
}
