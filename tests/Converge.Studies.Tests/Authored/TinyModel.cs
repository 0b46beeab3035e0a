using System.Text.Json.Nodes;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tokenizers;
using Converge.Numerics;

namespace Converge.Studies.Tests.Authored;

/// <summary>The folder of a model that can be planned for: its shape and a tokenizer whose tokens are bytes, but no weights.</summary>
internal static class TinyModel
{
    public static ModelConfig Config { get; } = new()
    {
        Architecture = "LlamaForCausalLM",
        HiddenSize = 8,
        IntermediateSize = 12,
        Layers = 2,
        Heads = 2,
        KeyValueHeads = 1,
        HeadDim = 4,
        VocabSize = TokenizerJson.ByteLevelVocabSize + 8,
        MaxPositions = 256,
        RmsNormEps = 1e-5,
        RopeTheta = 1e4,
        TieWordEmbeddings = true,
        BosId = 1,
        EosIds = [2],
    };

    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        ConfigJson.Write(Path.Combine(folder, "config.json"), Config, ElementType.F32);
        TokenizerJson.WriteByteLevel(folder);
    }

    /// <summary>Makes the tokenizer join two neighbouring pieces into one.</summary>
    public static void AddMerge(string folder, string left, string right)
    {
        var path = Path.Combine(folder, "tokenizer.json");
        var tokenizer = JsonNode.Parse(File.ReadAllText(path))!;
        var vocabulary = tokenizer["model"]!["vocab"]!.AsObject();
        vocabulary[left + right] = vocabulary.Count;
        tokenizer["model"]!["merges"]!.AsArray().Add($"{left} {right}");
        File.WriteAllText(path, tokenizer.ToJsonString());
    }

    /// <summary>The tokens of a text as that tokenizer gives them: BOS, then 3 + b for every byte b.</summary>
    public static int[] Tokens(string text) => [1, .. Bytes(text)];

    /// <summary>As <see cref="Tokens"/>, without BOS.</summary>
    public static int[] Bytes(string text) => [.. System.Text.Encoding.UTF8.GetBytes(text).Select(value => 3 + value)];
}
