using System.Text.RegularExpressions;
using Converge.Pretraining.Corpus;

namespace Converge.Pretraining.Tests.Authored;

/// <summary>The task "number" of the corpus, read backwards: a sentence gives away its class, because only one class could have given it.</summary>
internal static class NumberTask
{
    private static readonly Dictionary<string, Regex> s_patterns;

    static NumberTask()
    {
        Grammar = Grammar.Embedded("number", Tasks.Common);
        s_patterns = Grammar.Words("classes").ToDictionary(one => one, one => SentencePattern.Of(Grammar, one, TinyTask.Nothing, heldOut: true));
    }

    /// <summary>Its grammar.</summary>
    public static Grammar Grammar { get; }

    /// <summary>The class of a sentence.</summary>
    public static string Class(string sentence) => Assert.Single(s_patterns, pattern => pattern.Value.IsMatch(sentence)).Key;

    /// <summary>The inputs of a prompt as studies set it, the query last: what follows the first colon of a block of two lines.</summary>
    public static List<string> Inputs(string prompt) =>
        [.. prompt.Split("\n\n").Where(block => block.Contains('\n')).Select(block => block[(block.IndexOf(": ", StringComparison.Ordinal) + 2)..block.IndexOf('\n')])];
}
