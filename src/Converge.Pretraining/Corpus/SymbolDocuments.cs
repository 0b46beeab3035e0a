using Converge.Numerics;

namespace Converge.Pretraining.Corpus;

/// <summary>Documents about arbitrary symbols, where nothing but the context can help: copying, mapping, and ciphers of several words.</summary>
/// <param name="words">The symbols.</param>
internal sealed class SymbolDocuments(Words words)
{
    /// <summary>A line of random words, again and again.</summary>
    public Document Copy(RandomStream random, double madeUp)
    {
        int length = 3 + random.Next(12);
        var line = words.Distinct(random, length, r => words.Any(r, madeUp));
        var parts = new List<DocumentPart> { new(string.Join(' ', line), false) };
        int copies = 1 + random.Next(3);
        for (int i = 0; i < copies; i++)
        {
            // The first word of a copy tells where it begins; the rest follows from it.
            parts.Add(new DocumentPart("\n" + line[0], false));
            parts.Add(new DocumentPart(" " + string.Join(' ', line.Skip(1)), true));
        }
        return new Document("copy", parts);
    }

    /// <summary>Pairs of symbols that come back: whoever saw a pair knows the second from the first.</summary>
    public Document Mapping(RandomStream random, int count, double madeUp)
    {
        int symbols = 2 + random.Next(5);
        var (from, to) = (words.Distinct(random, symbols, r => words.Any(r, madeUp)), words.Labels(random, symbols, madeUp, heldOut: false));
        var format = DemonstrationFormat.DrawShort(random);
        var (parts, seen, before) = (new List<DocumentPart>(), new HashSet<int>(), "");
        for (int i = 0; i < count; i++)
        {
            int at = random.Next(symbols);
            parts.Add(new DocumentPart(before + format.BeforeInput + from[at] + format.BeforeAnswer, false));
            parts.Add(new DocumentPart(" " + to[at], !seen.Add(at)));
            before = format.AfterAnswer;
        }
        return new Document("mapping", parts);
    }

    /// <summary>Lines of a few symbols, each replaced by its partner.</summary>
    public Document Cipher(RandomStream random, int count, double madeUp)
    {
        int symbols = 3 + random.Next(5);
        var (from, to) = (words.Distinct(random, symbols, r => words.Any(r, madeUp)), words.Distinct(random, symbols, r => words.Any(r, madeUp)));
        var format = DemonstrationFormat.DrawShort(random);
        var (parts, seen, before) = (new List<DocumentPart>(), new HashSet<int>(), "");
        for (int i = 0; i < count; i++)
        {
            var line = Enumerable.Range(0, 2 + random.Next(3)).Select(_ => random.Next(symbols)).ToArray();
            parts.Add(new DocumentPart(before + format.BeforeInput + string.Join(' ', line.Select(at => from[at])) + format.BeforeAnswer, false));
            foreach (int at in line) parts.Add(new DocumentPart(" " + to[at], !seen.Add(at)));
            before = format.AfterAnswer;
        }
        return new Document("cipher", parts);
    }
}
