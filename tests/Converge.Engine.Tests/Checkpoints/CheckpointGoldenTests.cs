using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Numerics;
using Converge.Tests;

namespace Converge.Engine.Tests.Checkpoints;

public class CheckpointGoldenTests
{
    [Theory]
    [InlineData("tiny_mha", 4, false, 10000, RopeScalingKind.None)]
    [InlineData("tiny_gqa", 2, true, 500000, RopeScalingKind.Llama3)]
    [InlineData("tiny_gqa_plain", 2, true, 500000, RopeScalingKind.None)]
    public void The_reference_models_open(string name, int keyValueHeads, bool tied, double theta, RopeScalingKind scaling)
    {
        using var checkpoint = Checkpoint.Open(Golden.Model(name));
        var config = checkpoint.Config;
        Assert.Equal((64, 172, 4, 4, keyValueHeads, 16, 320, 256), (config.HiddenSize, config.IntermediateSize, config.Layers, config.Heads, config.KeyValueHeads, config.HeadDim, config.VocabSize, config.MaxPositions));
        Assert.Equal((tied, theta, scaling, 1e-5), (config.TieWordEmbeddings, config.RopeTheta, config.RopeScaling.Kind, config.RmsNormEps));
        Assert.Equal(1, config.BosId);
        Assert.Equal([2], config.EosIds);
        Assert.Equal(tied, checkpoint.Weights.IsTied);
        Assert.Equal(checkpoint.Tensors.Sum(tensor => tensor.Bytes), checkpoint.TotalBytes);
        Assert.Equal(checkpoint.TotalBytes / 4, checkpoint.TotalParameters);
    }

    [Fact]
    public void Llama3_scaling_is_read_with_all_its_numbers() =>
        Assert.Equal(new RopeScaling(RopeScalingKind.Llama3, 8, 1, 4, 64), ConfigJson.Read(Golden.PathOf("tiny_gqa", "config.json")).RopeScaling);

    [Fact]
    public unsafe void A_view_holds_the_very_bytes_of_the_file()
    {
        var bytes = File.ReadAllBytes(Golden.PathOf("tiny_gqa", "model.safetensors"));
        using var checkpoint = Checkpoint.Open(Golden.Model("tiny_gqa"));
        using var file = SafetensorsFile.Open(Golden.PathOf("tiny_gqa", "model.safetensors"));
        var entry = file.Tensors["model.layers.2.self_attn.k_proj.weight"];
        var view = checkpoint.Weights.Blocks[2][LinearLayer.KProj];
        Assert.Equal((ElementType.F32, 32, 64), (view.Type, view.Rows, view.Columns));
        Assert.Equal(bytes.AsSpan((int)entry.Offset, (int)entry.Length), new ReadOnlySpan<byte>(view.Data, (int)view.Bytes));
        Assert.Equal(bytes.AsSpan((int)entry.Offset, (int)entry.Length), file.Bytes(entry.Name));
    }

    [SkippableTheory]
    [InlineData("stories260k", 260032)]
    [InlineData("stories3m", 3148224)]
    public void Trained_checkpoints_open(string name, long parameters)
    {
        using var checkpoint = Checkpoint.Open(Repository.SharedOrSkip("models", name));
        Assert.Equal(parameters, checkpoint.TotalParameters);
        Assert.True(checkpoint.Weights.IsTied);
    }
}
