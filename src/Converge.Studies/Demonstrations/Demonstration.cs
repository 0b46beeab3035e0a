using Converge.Studies.Tasks;

namespace Converge.Studies.Demonstrations;

/// <summary>A demonstration as it is shown and tuned on.</summary>
/// <param name="Example">The example that it was drawn as.</param>
/// <param name="Input">The text that is shown for its own.</param>
/// <param name="Answer">The answer that is shown; null: none is.</param>
/// <param name="Instruction">The instruction of its tuning row.</param>
/// <param name="Template">The template of its task.</param>
public sealed record Demonstration(Example Example, string Input, string? Answer, string Instruction, PromptTemplate Template)
{
    /// <summary>Its part of the ICL prompt: query block and answer block.</summary>
    public string Block => Template.QueryOf(Input) + AnswerBlock;

    /// <summary>The prompt of its tuning row.</summary>
    public string TuningPrompt => Template.Tuned(Instruction, Input);

    /// <summary>The answer as it follows that prompt; empty where none is shown.</summary>
    public string AnswerBlock => Answer is null ? "" : Template.AnswerOf(Answer);
}
