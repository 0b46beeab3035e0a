using Converge.Engine.Tokenizers.Json;

namespace Converge.Engine.Tokenizers.Training;

/// <summary>Learns a byte-level BPE vocabulary from text (Sennrich et al. 2016; bytes and word boundaries as in Radford et al. 2019, GPT-2).</summary>
public static class BytePairTrainer
{
    /// <summary>
    /// Cuts the texts into words as encoding will, spells each as bytes, and merges the most frequent pair of neighbouring tokens again and
    /// again. Among pairs of equal count the one whose left token has the lowest id is merged, then the one whose right token has. Pairs are
    /// counted where they overlap too (<c>aaa</c> has two of <c>aa</c>) and merged from the left. The result depends on the words and their
    /// counts alone, not on the order of the texts.
    /// </summary>
    /// <param name="texts">The texts, read once; no word runs from one into the next. A surrogate without its partner counts as U+FFFD.</param>
    /// <param name="vocabSize">
    /// The number of tokens wanted, special ones and bytes included; at least <see cref="BytePairVocabulary.BaseSize"/>. There are fewer where
    /// no pair is left that is frequent enough.
    /// </param>
    /// <param name="minimumFrequency">How often a pair must occur to be merged, at least 1.</param>
    /// <exception cref="BadInputException">The vocabulary size or the frequency is out of range.</exception>
    public static BytePairVocabulary Train(IEnumerable<string> texts, int vocabSize, int minimumFrequency = 2)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (vocabSize is < BytePairVocabulary.BaseSize or > BytePairModel.MaxId + 1)
            throw new BadInputException("vocabulary size", $"is {vocabSize}, not a number from {BytePairVocabulary.BaseSize} (the bytes and the special tokens) to {BytePairModel.MaxId + 1}", "Choose one in that range");
        if (minimumFrequency < 1)
            throw new BadInputException("minimum frequency", $"is {minimumFrequency}, less than 1", "Choose 1 or more");

        var tokens = BytePairVocabulary.Bytes.Tokens.ToList();
        var words = Words(texts, minimumFrequency);
        var merges = new List<(string Left, string Right)>();
        while (tokens.Count < vocabSize && words.MergeMostFrequent(tokens.Count) is var (left, right))
        {
            merges.Add((tokens[left], tokens[right]));
            tokens.Add(tokens[left] + tokens[right]);
        }
        return new BytePairVocabulary(merges);
    }

    private static MergingWords Words(IEnumerable<string> texts, int minimumFrequency)
    {
        var counts = new WordCounts();
        foreach (var text in texts)
            counts.Add(text);

        var ids = Enumerable.Range(0, 256).ToDictionary(value => ByteAlphabet.Character((byte)value), value => BytePairVocabulary.FirstByte + value);
        var words = new MergingWords(minimumFrequency);
        foreach (var (word, count) in counts.Counts)
            words.Add([.. word.Select(character => ids[character])], count);
        return words;
    }
}
