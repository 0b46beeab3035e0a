using Converge.Numerics;
using Converge.Pretraining.Corpus;

namespace Converge.Pretraining.Tests.Authored;

/// <summary>A task of two classes whose sentences tell their class: those of "good" begin with Yes, those of "bad" with No.</summary>
internal static class TinyTask
{
    public const string Text = """
        classes: good bad
        input: Text ! Remark
        output: Label ! Mood
        taste: cold hot wet dry big tiny loud calm ! mild salty
        = labels
        good bad
        fine poor
        = instruction
        Say {labels}.
        ! Choose {labels}.
        = good
        Yes {thing} {liked}
        = bad
        No {thing} {disliked}
        thing: sun moon star tree lake hill road rock wind rain ! comet
        """;

    public static ClassificationTask Task { get; } = new(GrammarReader.Read("tiny", Text));

    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Nothing { get; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Independent sequences of random numbers.</summary>
    public static IEnumerable<RandomStream> Streams(int count) => Enumerable.Range(0, count).Select(i => new RandomStream(7, (ulong)i));
}
