using Converge.Numerics;

namespace Converge.Pretraining.Corpus;

/// <summary>Words that serve as labels, as symbols to be mapped and as text to be copied: those of the grammars, and made-up ones.</summary>
internal sealed class Words
{
    private const string Consonants = "bdfgklmnprstvz";
    private const string Vowels = "aeiou";
    private const double LetterShare = 0.05;
    private readonly string[] _ordinary;
    private readonly string[] _ordinaryHeldOut;
    private readonly HashSet<string> _known;

    /// <param name="ordinary">Ordinary words that may be labels in training.</param>
    /// <param name="heldOut">Ordinary words that never are.</param>
    /// <param name="known">Other words that are never made up, as the ordinary ones are not: what one side of the split makes up must not be a word that the other has.</param>
    public Words(IEnumerable<string> ordinary, IEnumerable<string> heldOut, IEnumerable<string> known)
    {
        _ordinaryHeldOut = [.. heldOut.Distinct().Order(StringComparer.Ordinal)];
        _ordinary = [.. ordinary.Except(_ordinaryHeldOut).Distinct().Order(StringComparer.Ordinal)];
        _known = [.. known, .. _ordinary, .. _ordinaryHeldOut];
    }

    /// <summary>Any word, a made-up one for a share of the draws.</summary>
    public string Any(RandomStream random, double madeUp) => random.NextDouble() < madeUp ? MadeUp(random, heldOut: false) : _ordinary[random.Next(_ordinary.Length)];

    /// <summary>Distinct words.</summary>
    public string[] Distinct(RandomStream random, int count, Func<RandomStream, string> draw)
    {
        var words = new List<string>();
        while (words.Count < count)
        {
            var word = draw(random);
            if (!words.Contains(word)) words.Add(word);
        }
        return [.. words];
    }

    /// <summary>Label words: all made-up, all ordinary, or single capital letters.</summary>
    /// <param name="random">Chance.</param>
    /// <param name="count">How many.</param>
    /// <param name="madeUp">How often they are made up.</param>
    /// <param name="heldOut">Whether they are such that are never labels in training.</param>
    public string[] Labels(RandomStream random, int count, double madeUp, bool heldOut)
    {
        if (!heldOut && random.NextDouble() < LetterShare) return Distinct(random, count, r => ((char)('A' + r.Next(26))).ToString());
        var ordinary = heldOut ? _ordinaryHeldOut : _ordinary;
        return random.NextDouble() < madeUp ? Distinct(random, count, r => MadeUp(r, heldOut)) : Distinct(random, count, r => ordinary[r.Next(ordinary.Length)]);
    }

    /// <summary>A made-up word of two syllables and mostly a consonant at its end.</summary>
    public string MadeUp(RandomStream random, bool heldOut)
    {
        while (true)
        {
            var word = string.Concat(Letter(Consonants), Letter(Vowels), Letter(Consonants), Letter(Vowels), random.Next(4) == 0 ? "" : Letter(Consonants));
            if (HeldOut.Contains(word) == heldOut && !_known.Contains(word)) return word;
        }

        string Letter(string letters) => letters[random.Next(letters.Length)].ToString();
    }
}
