using System.Runtime.InteropServices;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tokenizers;
using Converge.Numerics;

namespace Converge.Tests.Planted;

/// <summary>
/// What a block adds to the residual stream along one direction u.
/// </summary>
/// <param name="Context">Added wherever an answer stands in the context; without one, nothing.</param>
/// <param name="Tuned">What tuning of the queries comes to add, at most; before it, nothing.</param>
/// <param name="Share">In place of <paramref name="Context"/>: added times the share of the tokens so far that begin an answer.</param>
internal sealed record BlockPlan(double Context, double Tuned, double Share = 0);

/// <summary>
/// A Llama checkpoint whose weights are set by hand, so that what demonstrations and tuning do to the last token's state is known.
///
/// A token's embedding is 2 along a common direction and 1 along one of its own: that of its byte, or of its role - the start of the text, the blank that
/// begins every answer, and the signs * and ~ of the instruction. Every block has two heads that write along u alone, and no feed-forward network.
/// The head of the context scores blanks 2, the start 1 and all else 0, times so much that the softmax is one-hot in float32: it reads 1 from blanks, 0 from
/// the start, and has no gradient; where the share is asked for, it scores all tokens alike. The head of the tuning scores all tokens alike, and reads +1 from * and -1 from ~, of which there are as many: 0. A
/// query of any other length along the key on which the two differ moves it towards one of them. The output head finds the answers' bytes likelier the further a
/// state lies along u, so that tuning the queries on answers turns that head to *, until it reads 1.
/// The last token is the last letter of the query's text, so that states of different queries differ. The final norm drops the common direction: of a query's
/// state at the headline there is 1 along its letter and what the blocks wrote along u.
/// </summary>
internal static class HandSetModel
{
    private const int Common = 0, U = 1, Start = 2, Blank = 3, Plus = 4, Minus = 5, Letters = 6, Width = 24, HeadDim = 4;

    // With a rotary base this large the second of the two pairs of a head's dimensions does not turn within a prompt.
    private const int Key = 1;

    public static ModelConfig Config(int layers) => new()
    {
        Architecture = "LlamaForCausalLM",
        HiddenSize = Width,
        IntermediateSize = 4,
        Layers = layers,
        Heads = 2,
        KeyValueHeads = 2,
        HeadDim = HeadDim,
        VocabSize = TokenizerJson.ByteLevelVocabSize,
        MaxPositions = 512,
        RmsNormEps = 1e-6,
        RopeTheta = 1e12,
        TieWordEmbeddings = false,
        BosId = 1,
        EosIds = [2],
    };

    /// <summary>Writes the checkpoint and a tokenizer whose tokens are bytes.</summary>
    public static void Write(string folder, IReadOnlyList<BlockPlan> blocks)
    {
        Directory.CreateDirectory(folder);
        var config = Config(blocks.Count);
        TokenizerJson.WriteByteLevel(folder);
        var tensors = new Dictionary<string, (long[] Shape, float[] Values)>
        {
            ["model.embed_tokens.weight"] = Matrix(config.VocabSize, Width, Embedding),
            ["model.norm.weight"] = ([Width], [.. Enumerable.Range(0, Width).Select(i => i == Common ? 0f : 1f)]),
            ["lm_head.weight"] = Matrix(config.VocabSize, Width, (token, i) => i != U ? 0 : " badgo".Any(letter => Token(letter) == token) ? 1 : -1),
        };
        for (int l = 0; l < blocks.Count; l++)
        {
            var (name, plan) = ($"model.layers.{l}.", blocks[l]);
            // What the norm makes of 1 in an embedding, whose squares sum to 5.
            double one = Math.Sqrt(Width / 5.0);
            void Add(string part, int rows, int columns, Func<int, int, double> at) => tensors.Add(name + part + ".weight", Matrix(rows, columns, at));
            tensors.Add(name + "input_layernorm.weight", ([Width], [.. Enumerable.Repeat(1f, Width)]));
            tensors.Add(name + "post_attention_layernorm.weight", ([Width], [.. Enumerable.Repeat(1f, Width)]));
            bool context = plan.Context != 0, tuned = plan.Tuned != 0;
            Add("self_attn.q_proj", 2 * HeadDim, Width, (row, column) => context && (row, column) == (Key, Common) ? 60 : 0);
            Add("self_attn.k_proj", 2 * HeadDim, Width, (row, column) => (row, column) switch
            {
                (Key, Blank) when context => 2,
                (Key, Start) when context => 1,
                (HeadDim + Key, Plus) when tuned => 3,
                (HeadDim + Key, Minus) when tuned => -3,
                _ => 0,
            });
            Add("self_attn.v_proj", 2 * HeadDim, Width, (row, column) => (row, column) switch { (0, Blank) or (HeadDim, Plus) => 1 / one, (HeadDim, Minus) => -1 / one, _ => 0 });
            Add("self_attn.o_proj", Width, 2 * HeadDim, (row, column) => (row, column) switch { (U, 0) => plan.Context + plan.Share, (U, HeadDim) => plan.Tuned, _ => 0 });
            foreach (var part in (string[])["mlp.gate_proj", "mlp.up_proj"]) Add(part, config.IntermediateSize, Width, (_, _) => 0);
            Add("mlp.down_proj", Width, config.IntermediateSize, (_, _) => 0);
        }
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors.Select(tensor => new TensorSpec(tensor.Key, "F32", tensor.Value.Shape)),
            (name, stream) => stream.Write(MemoryMarshal.AsBytes<float>(tensors[name].Values)));
        ConfigJson.Write(Path.Combine(folder, "config.json"), config, ElementType.F32);
    }

    private static double Embedding(int token, int i)
    {
        int own = token == 1 ? Start : token == Token(' ') ? Blank : token == Token('*') ? Plus : token == Token('~') ? Minus : Letters + Math.Max(0, token - 3) % (Width - Letters);
        return i == Common ? 2 : i == own ? 1 : 0;
    }

    private static int Token(char letter) => 3 + letter;

    private static (long[] Shape, float[] Values) Matrix(int rows, int columns, Func<int, int, double> at) =>
        ([rows, columns], [.. from row in Enumerable.Range(0, rows) from column in Enumerable.Range(0, columns) select (float)at(row, column)]);
}
