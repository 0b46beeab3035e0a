using System.Text.Json;
using Converge.Engine.Tokenizers;
using Converge.Tests;

namespace Converge.Engine.Tests.Tokenizers;

/// <summary>Ids and decodings as SentencePiece and the Hugging Face tokenizers give them (shared/golden/README.md).</summary>
public sealed class GoldenTests
{
    public static TheoryData<string, string> Tokenizers => new()
    {
        { "llama_sentencepiece", "tokenizers/llama_sentencepiece" },
        { "stories3m_sentencepiece", "models/stories3m" },
        { "stories260k_sentencepiece", "models/stories260k" },
        { "llama_json", "tokenizers/llama_json" },
        { "smollm2_json", "tokenizers/smollm2_json" },
    };

    [SkippableTheory]
    [MemberData(nameof(Tokenizers))]
    public void Every_text_gets_the_golden_ids_and_decodes_as_the_golden_does(string golden, string directory)
    {
        var cases = Cases(golden);
        var tokenizer = Tokenizer.Load(Repository.SharedOrSkip(directory));
        Assert.Equal(231, cases.Count);
        foreach (var one in cases)
        {
            Assert.Equal((one.Text, Show(one.Ids)), (one.Text, Show(tokenizer.Encode(one.Text, addSpecial: false))));
            Assert.Equal((one.Text, one.Decoded), (one.Text, tokenizer.Decode(one.Ids, skipSpecial: false)));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Tokenizers))]
    public void With_special_tokens_the_ids_are_golden_with_exactly_one_bos(string golden, string directory)
    {
        var cases = Cases(golden);
        var tokenizer = Tokenizer.Load(Repository.SharedOrSkip(directory));
        foreach (var one in cases)
        {
            // SentencePiece itself adds nothing; the checkpoints' models want a BOS. A text that spells the BOS already has one,
            // where the golden library doubles it.
            var expected = golden.EndsWith("_sentencepiece", StringComparison.Ordinal) ? [1, .. one.Ids] : one.IdsWithSpecial!;
            if (expected is [1, 1, .. var rest])
                expected = [1, .. rest];
            Assert.Equal((one.Text, Show(expected)), (one.Text, Show(tokenizer.Encode(one.Text))));
        }
    }

    [SkippableTheory]
    [InlineData("llama_json", "tokenizers/llama_json")]
    [InlineData("stories3m_sentencepiece", "models/stories3m")]
    public void Decoding_leaves_out_the_bos(string golden, string directory)
    {
        var cases = Cases(golden);
        var tokenizer = Tokenizer.Load(Repository.SharedOrSkip(directory));
        Assert.True(tokenizer.AddsBos);
        // Two texts of the golden spell special tokens, which are left out as well.
        foreach (var one in cases.Where(one => !one.Text.Contains("<s>") && !one.Text.Contains("<unk>")))
            Assert.Equal(one.Decoded, tokenizer.Decode(tokenizer.Encode(one.Text)));
    }

    [SkippableFact]
    public void Special_ids_are_those_of_the_checkpoints()
    {
        var llama = Tokenizer.Load(Repository.SharedOrSkip("tokenizers", "llama_json"));
        Assert.Equal((32000, 1, 2, 0, true), (llama.VocabSize, llama.BosId, llama.EosId, llama.UnknownId, llama.AddsBos));
        var model = Tokenizer.Load(Repository.SharedOrSkip("tokenizers", "llama_sentencepiece"));
        Assert.Equal((32000, 1, 2, 0, true), (model.VocabSize, model.BosId, model.EosId, model.UnknownId, model.AddsBos));
        var smol = Tokenizer.Load(Repository.SharedOrSkip("tokenizers", "smollm2_json"));
        Assert.Equal((49152, 1, 2, null, false), (smol.VocabSize, smol.BosId, smol.EosId, smol.UnknownId, smol.AddsBos));
        Assert.Equal("Ġthe", smol.Piece(smol.Encode(" the")[0]));
    }

    private static string Show(IEnumerable<int> ids) => string.Join(' ', ids);

    private static List<Case> Cases(string golden)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Repository.SharedOrSkip("golden", "tokenizers", golden + ".json")));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(one => new Case(
            one.GetProperty("text").GetString()!,
            Ids(one, "ids")!,
            Ids(one, "ids_with_special"),
            one.GetProperty("decoded").GetString()!))];
    }

    private static int[]? Ids(JsonElement one, string name) => one.TryGetProperty(name, out var ids) ? [.. ids.EnumerateArray().Select(id => id.GetInt32())] : null;

    private sealed record Case(string Text, int[] Ids, int[]? IdsWithSpecial, string Decoded);
}
