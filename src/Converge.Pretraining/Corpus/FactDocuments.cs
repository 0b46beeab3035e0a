using Converge.Numerics;

namespace Converge.Pretraining.Corpus;

/// <summary>Plain sentences that say which words belong together, the held-out words of labelled sentences among them.</summary>
/// <param name="grammar">A grammar with the rule fact.</param>
internal sealed class FactDocuments(Grammar grammar)
{
    private const int Fewest = 4, Most = 12;
    private static readonly Dictionary<string, IReadOnlyList<string>> NothingBound = [];

    /// <summary>The grammar that comes with the program; its lists of words are those of the tasks.</summary>
    public static Grammar Rules(Grammar common) => Grammar.Embedded("facts", Grammar.Embedded("topic", Grammar.Embedded("sentiment", common)));

    /// <summary>Some facts, one a line.</summary>
    public Document Draw(RandomStream random)
    {
        int count = Fewest + random.Next(Most - Fewest + 1);
        var facts = Enumerable.Range(0, count).Select(_ => new Expansion(grammar, random, NothingBound, heldOut: true).Of("fact"));
        return new Document("facts", [new DocumentPart(string.Join('\n', facts), false)]);
    }
}
