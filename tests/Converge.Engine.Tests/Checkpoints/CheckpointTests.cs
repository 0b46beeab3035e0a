using System.Text.Json;
using System.Text.Json.Nodes;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;

namespace Converge.Engine.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private const string Embedding = "model.embed_tokens.weight", Head = "lm_head.weight", Query = "model.layers.1.self_attn.q_proj.weight", QueryBias = "model.layers.1.self_attn.q_proj.bias";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_checkpoint_in_shards_has_the_same_weights()
    {
        Shard("tiny_mha");
        using var whole = Checkpoint.Open(Golden.Model("tiny_mha"));
        using var sharded = Checkpoint.Open(_folder.Path);
        Assert.Equal(2, sharded.Tensors.Select(tensor => tensor.File).Distinct().Count());
        Assert.Equal(whole.TotalParameters, sharded.TotalParameters);
        foreach (var tensor in LlamaTensors.Of(whole.Config))
            Assert.Equal(WeightConversion.ToFloats(tensor.In(whole.Weights)), WeightConversion.ToFloats(tensor.In(sharded.Weights)));
    }

    [Theory]
    [InlineData("../model-00001.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("a/b.safetensors")]
    [InlineData("a\\b.safetensors")]
    [InlineData("C:b.safetensors")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("weights.bin")]
    public void A_shard_outside_the_folder_is_refused(string shard)
    {
        Shard("tiny_mha");
        EditIndex(map => map[Query] = shard);
        Assert.Contains("expected a .safetensors file in the same folder", Refusal());
    }

    [Fact]
    public void An_index_that_does_not_belong_to_its_shards_is_refused()
    {
        Shard("tiny_mha");
        EditIndex(map => map[Query] = "model-00002.safetensors");
        Assert.Contains("the index places it in", Refusal());
        EditIndex(map => map.Remove(Query));
        Assert.Contains("is not in the index", Refusal());
        EditIndex(map =>
        {
            map[Query] = "model-00001.safetensors";
            map["model.layers.9.input_layernorm.weight"] = "model-00001.safetensors";
        });
        Assert.Contains("should be in model-00001.safetensors, but is not", Refusal());
        EditIndex(map => map.Remove("model.layers.9.input_layernorm.weight"));
        Checkpoint.Open(_folder.Path).Dispose();
        File.Delete(_folder.PathOf("model-00002.safetensors"));
        Assert.Contains("model-00002.safetensors: there is no such file", Refusal());
        _folder.Write("model.safetensors.index.json", "{}");
        Assert.Contains("weight_map is missing", Refusal());
        _folder.Write("model.safetensors.index.json", """{"weight_map":{"a":7}}""");
        Assert.Contains("weight_map.a is 7, expected a string", Refusal());
    }

    [Fact]
    public void A_tied_checkpoint_may_store_only_the_head()
    {
        using var file = SafetensorsFile.Open(Golden.PathOf("tiny_gqa", "model.safetensors"));
        var data = file.Bytes(Embedding).ToArray();
        Copy("tiny_gqa", (Embedding, null, null), (Head, new TensorSpec(Head, "F32", 320, 64), data));
        using var checkpoint = Checkpoint.Open(_folder.Path);
        Assert.True(checkpoint.Weights.IsTied);
        using var usual = Checkpoint.Open(Golden.Model("tiny_gqa"));
        Assert.Equal(WeightConversion.ToFloats(usual.Weights.Embedding), WeightConversion.ToFloats(checkpoint.Weights.Embedding));
    }

    [Fact]
    public void A_tied_checkpoint_may_store_its_embedding_twice_but_not_two_different_ones()
    {
        using var file = SafetensorsFile.Open(Golden.PathOf("tiny_gqa", "model.safetensors"));
        var data = file.Bytes(Embedding).ToArray();
        Copy("tiny_gqa", (Head, new TensorSpec(Head, "F32", 320, 64), data));
        Checkpoint.Open(_folder.Path).Dispose();
        data[^1] ^= 1;
        Copy("tiny_gqa", (Head, new TensorSpec(Head, "F32", 320, 64), data));
        Assert.Contains("lm_head.weight differs from model.embed_tokens.weight", Refusal());
    }

    [Fact]
    public void An_untied_checkpoint_needs_both()
    {
        Copy("tiny_mha", (Head, null, null));
        Assert.Contains("'lm_head.weight' is missing. If the head is the embedding, set tie_word_embeddings", Refusal());
        Copy("tiny_mha", (Embedding, null, null));
        Assert.Contains("'model.embed_tokens.weight' is missing", Refusal());
    }

    [Fact]
    public void Missing_wrong_and_unexpected_tensors_are_named()
    {
        Copy("tiny_mha", (Query, null, null));
        Assert.Contains($"tensor '{Query}' is missing", Refusal());
        Copy("tiny_mha", (Query, new TensorSpec(Query, "F32", 64, 32), new byte[64 * 32 * 4]));
        Assert.Contains($"tensor '{Query}' has the shape [64, 32], expected [64, 64]", Refusal());
        Copy("tiny_mha", (Query, new TensorSpec(Query, "I32", 64, 64), new byte[64 * 64 * 4]));
        Assert.Contains($"tensor '{Query}' is stored as I32", Refusal());
        Copy("tiny_mha", ("x", new TensorSpec("model.layers.4.mlp.up_proj.weight", "F32", 172, 64), new byte[172 * 64 * 4]));
        Assert.Contains("tensor 'model.layers.4.mlp.up_proj.weight' has no place", Refusal());
        Copy("tiny_mha", ("x", new TensorSpec(QueryBias, "F32", 64), new byte[256]));
        Assert.Contains($"tensor '{QueryBias}' has no place", Refusal());
    }

    [Fact]
    public void Stored_rotary_frequencies_are_left_aside()
    {
        Copy("tiny_mha", ("x", new TensorSpec("model.layers.0.self_attn.rotary_emb.inv_freq", "F32", 8), new byte[32]));
        Checkpoint.Open(_folder.Path).Dispose();
    }

    [Theory]
    [InlineData("LlamaForCausalLM", 4)]
    [InlineData("Qwen2ForCausalLM", 3)]
    public void Attention_biases_are_found_and_one_that_is_missing_is_named(string architecture, int biased)
    {
        var config = ConfigJson.Read(Golden.PathOf("tiny_gqa", "config.json")) with { Architecture = architecture, QkvBias = true, OutputBias = biased == 4 };
        RandomCheckpoint.Write(_folder.Path, config, 1);
        using (var checkpoint = Checkpoint.Open(_folder.Path))
        {
            var block = checkpoint.Weights.Blocks[3];
            Assert.Equal(LinearLayers.All.Take(biased), LinearLayers.All.Where(layer => !block.Bias(layer).IsAbsent));
            Assert.Equal((1, 32), (block.Bias(LinearLayer.KProj).Rows, block.Bias(LinearLayer.KProj).Columns));
        }
        File.Move(_folder.PathOf("model.safetensors"), _folder.PathOf("all"));
        RawSafetensors.Edit(_folder.PathOf("all"), _folder.PathOf("model.safetensors"), (QueryBias, null, null));
        Assert.Contains($"tensor '{QueryBias}' is missing", Refusal());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_weight_that_is_not_finite_is_named(float bad)
    {
        using var file = SafetensorsFile.Open(Golden.PathOf("tiny_mha", "model.safetensors"));
        var data = file.Bytes(Query).ToArray();
        RawSafetensors.Of(bad).CopyTo(data, (7 * 64 + 5) * 4);
        Copy("tiny_mha", (Query, new TensorSpec(Query, "F32", 64, 64), data));
        Assert.Contains($"element [7, 5] of tensor '{Query}' is NaN or infinite", Refusal());
        var norm = RawSafetensors.Of(Enumerable.Repeat(1f, 63).Append(bad).ToArray());
        Copy("tiny_mha", ("model.norm.weight", new TensorSpec("model.norm.weight", "F32", 64), norm));
        Assert.Contains("element [63] of tensor 'model.norm.weight' is NaN or infinite", Refusal());
    }

    [Theory]
    [InlineData("pytorch_model.bin")]
    [InlineData("consolidated.00.pth")]
    [InlineData("model.pt")]
    public void Pickles_are_refused_with_a_way_out(string name)
    {
        File.Copy(Golden.PathOf("tiny_mha", "config.json"), _folder.PathOf("config.json"));
        _folder.Write(name, [0x80, 2]);
        Assert.Contains($"pickle ({name})", Refusal());
        Assert.Contains("Convert the checkpoint to safetensors", Refusal());
    }

    [Fact]
    public void A_folder_without_a_checkpoint_is_refused()
    {
        Assert.Contains("no such folder", Assert.Throws<BadInputException>(() => Checkpoint.Open(_folder.PathOf("none"))).What);
        Assert.Contains("config.json: there is no such file", Refusal());
        File.Copy(Golden.PathOf("tiny_mha", "config.json"), _folder.PathOf("config.json"));
        Assert.Contains("there is neither model.safetensors nor model.safetensors.index.json", Refusal());
    }

    [Fact]
    public void A_configuration_larger_than_the_weights_is_refused()
    {
        Copy("tiny_mha");
        foreach (var (field, value) in ((string, int)[])[("num_hidden_layers", 4096), ("vocab_size", 1 << 22), ("intermediate_size", 1 << 20), ("head_dim", 4096)])
        {
            var json = JsonNode.Parse(File.ReadAllText(Golden.PathOf("tiny_mha", "config.json")))!;
            json[field] = value;
            _folder.Write("config.json", json.ToJsonString());
            Assert.Contains("tensor 'model.", Refusal());
        }
    }

    private string Refusal()
    {
        var error = Assert.Throws<BadInputException>(() => Checkpoint.Open(_folder.Path));
        Assert.StartsWith(_folder.Path, error.Where);
        return error.Message;
    }

    private void Copy(string model, params (string Name, TensorSpec? Spec, byte[]? Data)[] changes)
    {
        File.Copy(Golden.PathOf(model, "config.json"), _folder.PathOf("config.json"), overwrite: true);
        RawSafetensors.Edit(Golden.PathOf(model, "model.safetensors"), _folder.PathOf("model.safetensors"), changes);
    }

    /// <summary>Splits a model's tensors over two files with an index.</summary>
    private void Shard(string model)
    {
        File.Copy(Golden.PathOf(model, "config.json"), _folder.PathOf("config.json"));
        using var file = SafetensorsFile.Open(Golden.PathOf(model, "model.safetensors"));
        var names = file.Tensors.Keys.Order(StringComparer.Ordinal).ToArray();
        var map = names.ToDictionary(name => name, name => name.Contains("layers.0.") || name.Contains("layers.1.") ? "model-00001.safetensors" : "model-00002.safetensors");
        foreach (var shard in map.Values.Distinct())
            SafetensorsWriter.Write(_folder.PathOf(shard), names.Where(name => map[name] == shard).Select(name => new TensorSpec(name, "F32", file.Tensors[name].Shape)), (name, stream) => stream.Write(file.Bytes(name)));
        _folder.Write("model.safetensors.index.json", JsonSerializer.Serialize(new { metadata = new { total_size = file.Length }, weight_map = map }));
    }

    private void EditIndex(Action<JsonObject> edit)
    {
        var json = JsonNode.Parse(File.ReadAllText(_folder.PathOf("model.safetensors.index.json")))!;
        edit(json["weight_map"]!.AsObject());
        _folder.Write("model.safetensors.index.json", json.ToJsonString());
    }
}
