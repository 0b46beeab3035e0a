using System.Text.Json.Nodes;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tuning;

namespace Converge.Engine.Tests.Checkpoints;

public sealed class PeftAdapterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tiny_mha", "lora_qv", 2)]
    [InlineData("tiny_mha", "lora_all", 7)]
    [InlineData("tiny_gqa", "lora_qv", 2)]
    [InlineData("tiny_gqa", "lora_all", 7)]
    public void Reference_adapters_load_and_their_start_has_a_zero_B(string model, string adapter, int targets)
    {
        var config = ConfigJson.Read(Golden.PathOf(model, "config.json"));
        var initial = PeftAdapter.Read(Golden.PathOf(model, adapter, "init"), config);
        var final = PeftAdapter.Read(Golden.PathOf(model, adapter, "final"), config);
        Assert.Equal((8, 16.0, 0.0, 2.0), (initial.Recipe.Rank, initial.Recipe.Alpha, initial.Recipe.Dropout, initial.Recipe.Scale));
        Assert.Equal(targets, initial.Recipe.Targets.Count);
        Assert.Equal(initial.Recipe.Targets.Order(), initial.Recipe.Targets);
        Assert.All(initial.Blocks, block => Assert.All(block.Values, pair => Assert.All(pair.B, value => Assert.Equal(0, value))));
        Assert.Contains(final.Blocks, block => block.Values.Any(pair => pair.B.Any(value => value != 0)));
        foreach (var (layer, pair) in final.Blocks[3])
        {
            var (output, input) = layer.Shape(config);
            Assert.Equal((8 * input, output * 8), (pair.A.Length, pair.B.Length));
        }
    }

    [Theory]
    [InlineData("lora_qv")]
    [InlineData("lora_all")]
    public void An_adapter_written_and_read_back_is_the_same_bit_for_bit(string name)
    {
        var config = ConfigJson.Read(Golden.PathOf("tiny_gqa", "config.json"));
        var adapter = PeftAdapter.Read(Golden.PathOf("tiny_gqa", name, "final"), config);
        PeftAdapter.Write(adapter, _folder.Path, null);
        AssertSame(adapter, PeftAdapter.Read(_folder.Path, config));
    }

    [Theory]
    [InlineData("lora_qv")]
    [InlineData("lora_all")]
    public void The_files_written_hold_what_PEFT_writes(string name)
    {
        var original = Golden.PathOf("tiny_gqa", name, "final");
        var config = ConfigJson.Read(Golden.PathOf("tiny_gqa", "config.json"));
        PeftAdapter.Write(PeftAdapter.Read(original, config), _folder.Path, "");
        var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(original, "adapter_config.json")))!.AsObject();
        var actual = JsonNode.Parse(File.ReadAllText(_folder.PathOf("adapter_config.json")))!.AsObject();
        foreach (var json in (JsonObject[])[expected, actual])
            json["target_modules"] = new JsonArray([.. json["target_modules"]!.AsArray().Select(target => (JsonNode)target!.GetValue<string>()).OrderBy(target => target.GetValue<string>())]);
        Assert.True(JsonNode.DeepEquals(expected, actual), actual.ToJsonString());
        using var theirs = SafetensorsFile.Open(Path.Combine(original, "adapter_model.safetensors"));
        using var ours = SafetensorsFile.Open(_folder.PathOf("adapter_model.safetensors"));
        Assert.Equal(theirs.Tensors.Keys.Order(), ours.Tensors.Keys.Order());
        foreach (var tensor in theirs.Tensors.Values)
        {
            Assert.Equal(tensor.Shape, ours.Tensors[tensor.Name].Shape);
            Assert.Equal(theirs.Bytes(tensor.Name), ours.Bytes(tensor.Name));
        }
        Assert.Equal(theirs.Metadata, ours.Metadata);
    }

    private static void AssertSame(LoraAdapter expected, LoraAdapter actual)
    {
        Assert.Equal(expected.Recipe.Targets, actual.Recipe.Targets);
        Assert.Equal((expected.Recipe.Rank, expected.Recipe.Alpha, expected.Recipe.Dropout), (actual.Recipe.Rank, actual.Recipe.Alpha, actual.Recipe.Dropout));
        Assert.Equal(expected.Blocks.Count, actual.Blocks.Count);
        for (int block = 0; block < expected.Blocks.Count; block++)
        {
            foreach (var (layer, pair) in expected.Blocks[block])
            {
                Assert.Equal(pair.A, actual.Blocks[block][layer].A);
                Assert.Equal(pair.B, actual.Blocks[block][layer].B);
            }
        }
    }
}
