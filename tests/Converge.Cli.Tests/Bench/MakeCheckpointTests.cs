using Converge.Cli.Tests.Running;
using Converge.Engine.Checkpoints;
using Converge.Numerics;

namespace Converge.Cli.Tests.Bench;

public sealed class MakeCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bf16", ElementType.BF16, 3)]
    [InlineData("f32", ElementType.F32, 3)]
    public void The_checkpoint_opens_and_its_states_are_finite_and_keep_their_size(string type, ElementType expected, int shards)
    {
        // A shard of 1 MiB holds neither embedding nor head, which get one of their own.
        var json = Make("--shape", "64x176x3x4x2", "--dtype", type, "--shard-mib", "1").Expect(0).Json;
        using (var checkpoint = Checkpoint.Open(_folder["model"]))
        {
            Assert.Equal(checkpoint.TotalBytes, (long)json["bytes"]!);
            Assert.Equal((64, 176, 3, 4, 2, 32000), (checkpoint.Config.HiddenSize, checkpoint.Config.IntermediateSize, checkpoint.Config.Layers, checkpoint.Config.Heads, checkpoint.Config.KeyValueHeads, checkpoint.Config.VocabSize));
            Assert.Equal(expected, checkpoint.Weights.Head.Type);
        }
        Assert.Equal(shards, Directory.GetFiles(_folder["model"], "*.safetensors").Length);

        var prompts = _folder.Write("prompts.jsonl", $"{{\"id\": \"a\", \"tokens\": [{string.Join(", ", Enumerable.Range(1, 50))}]}}");
        Executable.Run("states", "--model", _folder["model"], "--prompts", prompts, "--out", _folder["out"]).Expect(0);
        var states = new StatesResult(_folder["out"]);
        for (int layer = 1; layer <= 3; layer++)
            Assert.InRange(Size(states.Row("resid_post", 0, layer)) / Size(states.Row("resid_post", 0, 0)), 0.5, 20);
        Assert.InRange(Size(states.Row("final_norm", 0)), 0.9, 1.1);
    }

    [Fact]
    public void It_is_one_file_unless_it_is_large_and_a_function_of_the_seed()
    {
        foreach (var (name, seed) in new[] { ("model", "1"), ("again", "1"), ("other", "2") })
            Executable.Run("bench", "make-checkpoint", "--shape", "32x64x1x2", "--out", _folder[name], "--seed", seed).Expect(0);
        Assert.Equal(["config.json", "model.safetensors"], Directory.GetFiles(_folder["model"]).Select(Path.GetFileName).Order());
        Assert.Equal(File.ReadAllBytes(_folder["model/model.safetensors"]), File.ReadAllBytes(_folder["again/model.safetensors"]));
        Assert.NotEqual(File.ReadAllBytes(_folder["model/model.safetensors"]), File.ReadAllBytes(_folder["other/model.safetensors"]));
    }

    [Fact]
    public void What_cannot_be_made_ends_with_one_line()
    {
        Assert.Contains("bench make-checkpoint: Option '--shape' is required. See 'converge bench make-checkpoint --help'", Executable.Run("bench", "make-checkpoint", "--out", _folder["x"]).ExpectBadInput());
        Assert.Contains("--shape: '7b!' is no shape", Executable.Run("bench", "make-checkpoint", "--shape", "7b!", "--out", _folder["x"]).ExpectBadInput());
        _folder.Write("model/config.json", "{}");
        Assert.Contains("holds a config.json already", Executable.Run("bench", "make-checkpoint", "--shape", "32x64x1x2", "--out", _folder["model"]).ExpectBadInput());
        // 65536 layers of that size are more than any disk here holds.
        Assert.Contains("are free", Executable.Run("bench", "make-checkpoint", "--shape", "65536x65536x65536x64", "--out", _folder["x"]).ExpectBadInput());
        Assert.Contains("Example:\n  converge bench make-checkpoint", Executable.Run("bench", "make-checkpoint", "--help").Expect(0).Out);
    }

    private Ended Make(params string[] arguments) => Executable.Run(["bench", "make-checkpoint", "--out", _folder["model"], "--json", .. arguments]);

    private static double Size(float[] row) => Math.Sqrt(row.Average(value => (double)value * value));
}
