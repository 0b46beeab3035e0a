using Converge.Pretraining.Corpus;
using Converge.Pretraining.Tests.Authored;

namespace Converge.Pretraining.Tests.Corpus;

/// <summary>Documents about symbols: what counts as an answer follows from what stands before it.</summary>
public sealed class SymbolDocumentsTests
{
    private const int Documents = 300;
    private static readonly Words s_words = new CorpusGenerator(1).Words;
    private static readonly SymbolDocuments s_documents = new(s_words);

    [Fact]
    public void A_copy_repeats_its_first_line_and_all_but_the_first_word_counts()
    {
        var (lengths, copies) = (new HashSet<int>(), new HashSet<int>());
        foreach (var random in TinyTask.Streams(Documents))
        {
            var document = s_documents.Copy(random, 0.5);
            Assert.Equal("copy", document.Kind);
            string[] lines = document.Text.Split('\n'), words = lines[0].Split(' ');
            Assert.Equal(words.Length, words.Distinct().Count());
            Assert.All(lines, line => Assert.Equal(lines[0], line));
            Assert.Equal(1 + 2 * (lines.Length - 1), document.Parts.Count);
            for (int i = 1; i < document.Parts.Count; i++)
            {
                Assert.Equal(i % 2 == 0, document.Parts[i].IsAnswer);
                if (i % 2 == 1) Assert.Equal("\n" + words[0], document.Parts[i].Text);
            }
            lengths.Add(words.Length);
            copies.Add(lines.Length - 1);
        }
        Assert.Equal(Enumerable.Range(3, 12), lengths.Order());
        Assert.Equal([1, 2, 3], copies.Order());
    }

    [Fact]
    public void An_answer_of_a_mapping_counts_where_its_pair_was_seen_and_pairs_never_change()
    {
        foreach (var random in TinyTask.Streams(Documents))
        {
            var document = s_documents.Mapping(random, 12, 0.5);
            Assert.Equal(("mapping", 24), (document.Kind, document.Parts.Count));
            var pairs = new Dictionary<string, string>();
            for (int i = 0; i < document.Parts.Count; i += 2)
            {
                var from = Assert.Single(Symbols(document.Parts[i]));
                var to = Answer(document.Parts[i + 1]);
                Assert.Equal(pairs.ContainsKey(from), document.Parts[i + 1].IsAnswer);
                Assert.True(pairs.TryAdd(from, to) || pairs[from] == to, $"{from} is {to} and {pairs[from]}");
            }
            Assert.InRange(pairs.Count, 1, 6);
            Assert.Equal(pairs.Count, pairs.Values.Distinct().Count());
        }
    }

    [Fact]
    public void An_answer_of_a_cipher_counts_where_its_symbol_was_replaced_before_and_partners_never_change()
    {
        var repeatedInLine = 0;
        foreach (var random in TinyTask.Streams(Documents))
        {
            var document = s_documents.Cipher(random, 6, 0.5);
            Assert.Equal("cipher", document.Kind);
            var (pairs, lines) = (new Dictionary<string, string>(), 0);
            for (int i = 0; i < document.Parts.Count; lines++)
            {
                Assert.False(document.Parts[i].IsAnswer);
                string[] line = Symbols(document.Parts[i++]);
                Assert.InRange(line.Length, 2, 4);
                if (line.Distinct().Count() < line.Length) repeatedInLine++;
                foreach (var from in line)
                {
                    var part = document.Parts[i++];
                    Assert.Equal(pairs.ContainsKey(from), part.IsAnswer);
                    Assert.True(pairs.TryAdd(from, Answer(part)) || pairs[from] == Answer(part), from);
                }
            }
            Assert.Equal(6, lines);
            Assert.Equal(pairs.Count, pairs.Values.Distinct().Count());
        }
        Assert.True(repeatedInLine > 0);
    }

    // What stands between the marks of a short format.
    private static string[] Symbols(DocumentPart part)
    {
        var line = part.Text.TrimStart('\n');
        foreach (var (before, after) in new[] { ("Input: ", "\nOutput:"), ("Word: ", " Kind:"), ("", " ->"), ("", " =") })
            if (line.StartsWith(before, StringComparison.Ordinal) && line.EndsWith(after, StringComparison.Ordinal)) return line[before.Length..^after.Length].Split(' ');
        throw new InvalidOperationException($"'{part.Text}' is in no known format");
    }

    private static string Answer(DocumentPart part)
    {
        Assert.Matches("^ [A-Za-z]+$", part.Text);
        return part.Text[1..];
    }
}
