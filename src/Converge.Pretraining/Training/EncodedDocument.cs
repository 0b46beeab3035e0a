using Converge.Engine.Tokenizers;
using Converge.Pretraining.Corpus;

namespace Converge.Pretraining.Training;

/// <summary>A document as token ids.</summary>
/// <param name="Kind">The document's kind.</param>
/// <param name="Tokens">BOS, the text, EOS; cut to the longest length.</param>
/// <param name="IsAnswer">For each token, whether it belongs to an answer.</param>
internal sealed record EncodedDocument(string Kind, int[] Tokens, bool[] IsAnswer)
{
    /// <summary>
    /// Encodes a document part by part. Answers begin with a space after a mark and end before a line break, where the tokenizer never joins
    /// what stands on both sides, so that the ids are those of the whole text.
    /// </summary>
    public static EncodedDocument Of(Document document, Tokenizer tokenizer, int longest)
    {
        var (tokens, answers) = (new List<int> { tokenizer.BosId!.Value }, new List<bool> { false });
        foreach (var part in document.Parts)
            foreach (int token in tokenizer.Encode(part.Text, addSpecial: false)) Add(token, part.IsAnswer);
        Add(tokenizer.EosId!.Value, false);
        return new EncodedDocument(document.Kind, [.. tokens.Take(longest)], [.. answers.Take(longest)]);

        void Add(int token, bool isAnswer)
        {
            tokens.Add(token);
            answers.Add(isAnswer);
        }
    }
}
