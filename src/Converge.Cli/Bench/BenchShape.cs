using Converge.Engine.Model;

namespace Converge.Cli.Bench;

/// <summary>A model's shape to measure on.</summary>
/// <param name="Name">Its name, or the text it was read from.</param>
/// <param name="Config">The shape.</param>
internal sealed record BenchShape(string Name, ModelConfig Config)
{
    private const int VocabSize = 32000;

    /// <summary>The shapes with a name: a small one, TinyLlama's, and the two sizes of Llama 2.</summary>
    public static IReadOnlyList<BenchShape> Known { get; } =
    [
        Of("S1", 1024, 2816, 12, 16, 16, 2048),
        Of("S2", 2048, 5632, 22, 32, 4, 2048),
        Of("7B", 4096, 11008, 32, 32, 32, 4096),
        Of("13B", 5120, 13824, 40, 40, 40, 4096),
    ];

    /// <summary>How a shape is written.</summary>
    public const string Syntax = "S1, S2, 7B, 13B or HIDDENxINTERMEDIATExLAYERSxHEADS[xKEYVALUEHEADS]";

    /// <summary>Parameters of the linear layers of all blocks.</summary>
    public long LinearParameters => Config.Layers * Config.LinearParametersPerLayer;

    /// <summary>Floating-point operations of the blocks' linear layers for a forward pass over some tokens; attention and the output head do not count.</summary>
    public double ForwardFlops(long tokens) => 2.0 * LinearParameters * tokens;

    /// <summary>The shape that <paramref name="text"/> names or writes out, or null.</summary>
    public static BenchShape? Parse(string text)
    {
        if (Known.FirstOrDefault(shape => shape.Name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known) return known;
        var parts = text.Split('x');
        if (parts.Length is not (4 or 5)) return null;
        var numbers = new int[5];
        for (int i = 0; i < parts.Length; i++)
            if (!int.TryParse(parts[i], out numbers[i]) || numbers[i] is < 1 or > 1 << 16) return null;
        if (parts.Length == 4) numbers[4] = numbers[3];
        var (hidden, heads, keyValueHeads) = (numbers[0], numbers[3], numbers[4]);
        bool fits = hidden % heads == 0 && hidden / heads % 2 == 0 && heads % keyValueHeads == 0;
        return fits ? Of(text, hidden, numbers[1], numbers[2], heads, keyValueHeads, 2048) : null;
    }

    private static BenchShape Of(string name, int hidden, int intermediate, int layers, int heads, int keyValueHeads, int positions) => new(name, new ModelConfig
    {
        Architecture = "LlamaForCausalLM",
        HiddenSize = hidden,
        IntermediateSize = intermediate,
        Layers = layers,
        Heads = heads,
        KeyValueHeads = keyValueHeads,
        HeadDim = hidden / heads,
        VocabSize = VocabSize,
        MaxPositions = positions,
        RmsNormEps = 1e-5,
        RopeTheta = 10000,
        TieWordEmbeddings = false,
        BosId = 1,
        EosIds = [2],
    });
}
