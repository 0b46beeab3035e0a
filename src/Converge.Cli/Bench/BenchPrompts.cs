using Converge.Engine.Model;
using Converge.Engine.Tuning;
using Converge.Numerics;

namespace Converge.Cli.Bench;

/// <summary>Sequences of random tokens, and jobs that tune on them.</summary>
internal static class BenchPrompts
{
    private static readonly LoraRecipe Recipe = new(8, 16, 0, [LinearLayer.QProj, LinearLayer.VProj]);

    /// <summary>Random tokens. The first is <paramref name="stream"/>, so that sequences of different streams share no prefix.</summary>
    public static int[] Tokens(ModelConfig config, int stream, int length)
    {
        var random = new RandomStream(0, (ulong)stream);
        var tokens = new int[length];
        for (int i = 0; i < length; i++) tokens[i] = random.Next(config.VocabSize);
        tokens[0] = stream % config.VocabSize;
        return tokens;
    }

    /// <summary>Prompts that share a trunk, or nothing where it is empty.</summary>
    public static Prompt[] OnTrunk(ModelConfig config, int[] trunk, int count, int length) =>
        [.. Enumerable.Range(0, count).Select(i => new Prompt($"{i}", [.. trunk, .. Tokens(config, i, length)]))];

    /// <summary>Jobs of LoRA, rank 8 on q_proj and v_proj, whose updates take <paramref name="rows"/> rows each; the loss is on their second half.</summary>
    public static TuningJob[] Jobs(ModelConfig config, int count, int rows, int length, int steps) => [.. Enumerable.Range(0, count).Select(job => new TuningJob(
        $"job {job}",
        LoraInitialization.Create(Recipe, config, (ulong)job),
        [.. Enumerable.Range(0, rows).Select(row => new TuningRow(Tokens(config, job * rows + row, length), length / 2))],
        new TuningRecipe { Steps = steps, BatchSize = rows }))];
}
