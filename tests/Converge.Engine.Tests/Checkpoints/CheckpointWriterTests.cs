using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Tests.Checkpoints;

public sealed class CheckpointWriterTests : IDisposable
{
    private static readonly ModelConfig Small = ConfigJson.Read(Golden.PathOf("tiny_gqa", "config.json"));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tiny_mha")]
    [InlineData("tiny_gqa")]
    public void A_checkpoint_written_in_float32_is_the_same_bit_for_bit(string name)
    {
        using var original = Checkpoint.Open(Golden.Model(name));
        CheckpointWriter.Write(_folder.Path, original.Config, original.Weights);
        using var written = Checkpoint.Open(_folder.Path);
        using var file = SafetensorsFile.Open(Golden.PathOf(name, "model.safetensors"));
        using var copy = SafetensorsFile.Open(_folder.PathOf("model.safetensors"));
        Assert.Equal(file.Tensors.Keys.Order(), copy.Tensors.Keys.Order());
        foreach (var tensor in file.Tensors.Values)
        {
            Assert.Equal(tensor.Shape, copy.Tensors[tensor.Name].Shape);
            Assert.Equal(file.Bytes(tensor.Name), copy.Bytes(tensor.Name));
        }
    }

    [Fact]
    public void A_checkpoint_written_in_bfloat16_has_every_weight_rounded_once()
    {
        using var original = Checkpoint.Open(Golden.Model("tiny_mha"));
        CheckpointWriter.Write(_folder.Path, original.Config, original.Weights, ElementType.BF16);
        using var written = Checkpoint.Open(_folder.Path);
        Assert.Equal(original.TotalBytes / 2, written.TotalBytes);
        foreach (var tensor in LlamaTensors.Of(original.Config))
        {
            Assert.Equal(ElementType.BF16, tensor.In(written.Weights).Type);
            // A bfloat16 has eight significant bits: rounding to nearest moves a value by at most 2^-9 of its power of two.
            foreach (var (exact, rounded) in WeightConversion.ToFloats(tensor.In(original.Weights)).Zip(WeightConversion.ToFloats(tensor.In(written.Weights))))
                Assert.InRange(Math.Abs(exact - rounded), 0, Math.ScaleB(1, Math.ILogB(exact) - 8));
        }
    }

    [Fact]
    public void A_checkpoint_is_only_there_once_its_weights_are()
    {
        Directory.CreateDirectory(_folder.PathOf("model.safetensors"));
        Assert.Throws<BadInputException>(() => RandomCheckpoint.Write(_folder.Path, Small, 1));
        Assert.False(File.Exists(_folder.PathOf("config.json")));
    }

    [Fact]
    public void Random_weights_are_a_function_of_the_seed()
    {
        RandomCheckpoint.Write(_folder.PathOf("a"), Small, 7);
        RandomCheckpoint.Write(_folder.PathOf("b"), Small, 7);
        RandomCheckpoint.Write(_folder.PathOf("c"), Small, 8);
        Assert.Equal(File.ReadAllBytes(_folder.PathOf("a", "model.safetensors")), File.ReadAllBytes(_folder.PathOf("b", "model.safetensors")));
        Assert.NotEqual(File.ReadAllBytes(_folder.PathOf("a", "model.safetensors")), File.ReadAllBytes(_folder.PathOf("c", "model.safetensors")));
    }

    [Fact]
    public void Random_weights_have_the_spread_that_keeps_activations_in_size()
    {
        RandomCheckpoint.Write(_folder.Path, Small, 7);
        using var checkpoint = Checkpoint.Open(_folder.Path);
        var block = checkpoint.Weights.Blocks[2];
        Assert.All(WeightConversion.ToFloats(block.InputNorm), value => Assert.Equal(1, value));
        AssertSpread(block[LinearLayer.UpProj], 1 / Math.Sqrt(64));
        AssertSpread(block[LinearLayer.DownProj], 1 / Math.Sqrt(172 * 2 * 4));
        AssertSpread(checkpoint.Weights.Embedding, 1 / Math.Sqrt(64));
        Assert.NotEqual(WeightConversion.ToFloats(block[LinearLayer.UpProj]), WeightConversion.ToFloats(block[LinearLayer.GateProj]));
    }

    private static void AssertSpread(WeightView view, double deviation)
    {
        var values = WeightConversion.ToFloats(view);
        // Four standard errors of a sample's mean and standard deviation.
        Assert.InRange(values.Average(), -4 * deviation / Math.Sqrt(values.Length), 4 * deviation / Math.Sqrt(values.Length));
        Assert.InRange(Math.Sqrt(values.Average(value => (double)value * value)), deviation * (1 - 4 / Math.Sqrt(2 * values.Length)), deviation * (1 + 4 / Math.Sqrt(2 * values.Length)));
    }
}
