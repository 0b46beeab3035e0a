using Converge.Pretraining.Corpus;
using Converge.Pretraining.Tests.Authored;
using Converge.Pretraining.Training;

namespace Converge.Pretraining.Tests.Training;

/// <summary>Documents as tokens: encoding them in parts changes nothing, and what counts as an answer is what was marked as one.</summary>
public sealed class EncodedDocumentTests(TrainedFolder folder) : IClassFixture<TrainedFolder>
{
    public static TheoryData<string> Kinds => [.. CorpusGenerator.Kinds];

    [Theory, MemberData(nameof(Kinds))]
    public void Ids_are_those_of_the_whole_text_and_answers_decode_to_the_answers(string kind)
    {
        var (corpus, tokenizer) = (new CorpusGenerator(5), folder.Tokenizer);
        for (int i = 0; i < 120; i++)
        {
            var document = corpus.Draw(Mixtures.Of(kind), i, heldOut: i % 3 == 0);
            var encoded = EncodedDocument.Of(document, tokenizer, int.MaxValue);
            Assert.Equal(document.Kind, encoded.Kind);
            int[] whole = [tokenizer.BosId!.Value, .. tokenizer.Encode(document.Text, addSpecial: false), tokenizer.EosId!.Value];
            Assert.True(whole.SequenceEqual(encoded.Tokens), $"in parts: {Pieces(encoded.Tokens)}\nwhole: {Pieces(whole)}");
            Assert.Equal(encoded.Tokens.Length, encoded.IsAnswer.Length);
            Assert.Equal(Stretches(document.Parts.Select(part => (part.Text, part.IsAnswer))), Stretches(encoded.Tokens.Zip(encoded.IsAnswer).Skip(1).SkipLast(1).Select(pair => (tokenizer.Decode([pair.First]), pair.Second))));
            Assert.False(encoded.IsAnswer[0] || encoded.IsAnswer[^1]);
        }

        string Pieces(int[] ids) => string.Join('|', ids.Select(tokenizer.Piece));
    }

    [Fact]
    public void Words_are_more_than_bytes_so_that_joining_across_parts_would_show()
    {
        var corpus = new CorpusGenerator(5);
        var texts = Enumerable.Range(0, 50).Select(i => corpus.Draw(Mixtures.All, i).Text).ToList();
        Assert.True(2 * texts.Sum(text => folder.Tokenizer.Encode(text, addSpecial: false).Length) < texts.Sum(text => text.Length));
    }

    [Fact]
    public void Longer_documents_are_cut()
    {
        var document = new CorpusGenerator(5).Draw(Mixtures.Of("sentiment"), 2);
        var (whole, cut) = (EncodedDocument.Of(document, folder.Tokenizer, int.MaxValue), EncodedDocument.Of(document, folder.Tokenizer, 20));
        Assert.True(whole.Tokens.Length > 20);
        Assert.Equal(whole.Tokens[..20], cut.Tokens);
        Assert.Equal(whole.IsAnswer[..20], cut.IsAnswer);
        Assert.Equal(whole.Tokens, EncodedDocument.Of(document, folder.Tokenizer, whole.Tokens.Length).Tokens);
    }

    // Neighbours that are both answers, or both not, as one text.
    private static List<(string Text, bool IsAnswer)> Stretches(IEnumerable<(string Text, bool IsAnswer)> parts)
    {
        var stretches = new List<(string Text, bool IsAnswer)>();
        foreach (var (text, isAnswer) in parts)
        {
            if (stretches.Count > 0 && stretches[^1].IsAnswer == isAnswer) stretches[^1] = (stretches[^1].Text + text, isAnswer);
            else stretches.Add((text, isAnswer));
        }
        return stretches;
    }
}
