using Converge.Pretraining.Corpus;

namespace Converge.Pretraining.Tests.Authored;

/// <summary>The classification tasks of the corpus by the kind of their inputs.</summary>
internal static class Tasks
{
    /// <summary>The grammar whose rules all others may use.</summary>
    public static Grammar Common { get; } = Grammar.Embedded("common");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. CorpusGenerator.Kinds.Where(CorpusGenerator.IsTask)];

    /// <summary>Those whose inputs are sentences, with headers and instructions.</summary>
    public static IReadOnlyList<string> OfSentences { get; } = [.. All.Where(name => Grammar.Embedded(name, Common).Has("input"))];

    /// <summary>Those whose inputs are single words.</summary>
    public static IReadOnlyList<string> OfWords { get; } = [.. All.Except(OfSentences)];
}
