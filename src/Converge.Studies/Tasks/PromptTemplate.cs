using System.Text.RegularExpressions;

namespace Converge.Studies.Tasks;

/// <summary>
/// How the texts of the three conditions are put together. With I the instruction block, q(x) the query block, a(y) the answer block and
/// s the separator: anchor and IT are I q(x); ICL is I q(x1) a(y1) s ... q(xk) a(yk) s q(x), with or without I.
/// </summary>
public sealed partial record PromptTemplate
{
    /// <summary>The instruction block; holds <c>{instruction}</c> once and the space that follows it.</summary>
    public required string Instruction { get; init; }

    /// <summary>The query block; holds <c>{text}</c> once and ends where the answer begins.</summary>
    public required string Query { get; init; }

    /// <summary>The answer block; holds <c>{label}</c> once, or <c>{target}</c> in a task without labels.</summary>
    public required string Answer { get; init; }

    /// <summary>What stands after each demonstration.</summary>
    public required string Separator { get; init; }

    /// <summary>The ICL prompt begins with the instruction too (factor F6 of METHOD).</summary>
    public required bool InstructionInIcl { get; init; }

    /// <summary>The prompt of the IT condition, and of the rows it is tuned on, begins with the instruction (factor F6 of METHOD).</summary>
    public required bool InstructionInIt { get; init; }

    /// <summary>The instruction block.</summary>
    public string InstructionOf(string instruction) => Fill(Instruction, "instruction", instruction);

    /// <summary>The query block.</summary>
    public string QueryOf(string text) => Fill(Query, "text", text);

    /// <summary>The text of the anchor condition.</summary>
    public string ZeroShot(string instruction, string text) => InstructionOf(instruction) + QueryOf(text);

    /// <summary>The text of the IT condition.</summary>
    public string Tuned(string instruction, string text) => InstructionInIt ? ZeroShot(instruction, text) : QueryOf(text);

    /// <summary>The text of the ICL condition.</summary>
    /// <param name="instruction">The run's instruction.</param>
    /// <param name="blocks">The demonstrations in order, each as query block and answer block.</param>
    /// <param name="text">The query's text.</param>
    public string InContext(string instruction, IEnumerable<string> blocks, string text) =>
        (InstructionInIcl ? InstructionOf(instruction) : "") + string.Concat(blocks.Select(block => block + Separator)) + QueryOf(text);

    /// <summary>The answer as it follows a prompt.</summary>
    public string AnswerOf(string answer) => Placeholder().Replace(Answer, _ => answer, 1);

    /// <summary>The names in braces in a template's text, in order.</summary>
    internal static IReadOnlyList<string> PlaceholdersOf(string text) => [.. Placeholder().Matches(text).Select(match => match.Groups[1].Value)];

    /// <summary>A template's text with a value for each name in braces, put in once and never looked at again.</summary>
    internal static string FillAll(string text, Func<string, string> valueOf) => Placeholder().Replace(text, match => valueOf(match.Groups[1].Value));

    // Replaced once and never looked at again, so that braces in data stay what they are.
    private static string Fill(string template, string name, string value) => template.Replace($"{{{name}}}", value, StringComparison.Ordinal);

    [GeneratedRegex(@"\{([A-Za-z_]+)\}")]
    private static partial Regex Placeholder();
}
