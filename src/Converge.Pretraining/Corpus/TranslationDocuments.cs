using Converge.Engine;
using Converge.Numerics;

namespace Converge.Pretraining.Corpus;

/// <summary>Word-by-word translation into a made-up language with a fixed dictionary.</summary>
internal sealed class TranslationDocuments
{
    private static readonly Dictionary<string, IReadOnlyList<string>> NothingBound = [];
    private readonly Grammar _grammar;
    private readonly Dictionary<string, string> _dictionary;

    /// <param name="grammar">A grammar with the rules sentence, dictionary, input, output and instruction.</param>
    /// <exception cref="BadInputException">An entry of the dictionary is not two words.</exception>
    public TranslationDocuments(Grammar grammar)
    {
        _grammar = grammar;
        _dictionary = grammar.Words("dictionary").Select(entry => entry.Split(' ')).ToDictionary(
            pair => pair.Length == 2 ? pair[0] : throw new BadInputException($"grammar {grammar.Name}", $"'{string.Join(' ', pair)}' is no entry of a dictionary", "Write 'english other'"), pair => pair[1], StringComparer.Ordinal);
    }

    /// <summary>Sentences with their translations; held-out sentences, and among others held-out headers and instructions, where <paramref name="heldOut"/> says so.</summary>
    public Document Draw(RandomStream random, int count, double instructed, bool heldOut)
    {
        var format = DemonstrationFormat.Draw(random, () => (Of("input"), Of("output")));
        var before = random.NextDouble() < instructed ? Of("instruction") + "\n\n" : "";
        var parts = new List<DocumentPart>();
        for (int i = 0; i < count; i++)
        {
            var sentence = Sentence(random, heldOut);
            parts.Add(new DocumentPart(before + format.BeforeInput + sentence + format.BeforeAnswer, false));
            parts.Add(new DocumentPart(" " + Translate(sentence), true));
            before = format.AfterAnswer;
        }
        return new Document("translation", parts);

        string Of(string rule) => new Expansion(_grammar, random, NothingBound, heldOut).Of(rule);
    }

    /// <summary>A sentence to be translated.</summary>
    public string Sentence(RandomStream random, bool heldOut)
    {
        while (true)
        {
            var expansion = new Expansion(_grammar, random, NothingBound, heldOut);
            var text = expansion.Of("sentence");
            if ((expansion.UsedHeldOut || HeldOut.Contains(text)) == heldOut) return text;
        }
    }

    /// <summary>The translation of a sentence.</summary>
    public string Translate(string sentence) => string.Join(' ', sentence.Split(' ').Select(word =>
        _dictionary.TryGetValue(word, out var other) ? other : throw new BadInputException($"grammar {_grammar.Name}", $"the dictionary has no '{word}'", "Add it to the rule 'dictionary'")));
}
