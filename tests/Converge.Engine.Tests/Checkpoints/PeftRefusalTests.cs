using System.Text.Json.Nodes;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;

namespace Converge.Engine.Tests.Checkpoints;

public sealed class PeftRefusalTests : IDisposable
{
    private const string QueryA = "base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight", QueryB = "base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight";

    private static readonly ModelConfig Config = ConfigJson.Read(Golden.PathOf("tiny_gqa", "config.json"));

    private readonly TemporaryFolder _folder = new();

    public PeftRefusalTests() => Copy();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"peft_type":"IA3"}""", "peft_type is 'IA3'")]
    [InlineData("""{"peft_type":null}""", "peft_type is missing")]
    [InlineData("""{"task_type":"SEQ_CLS"}""", "task_type is 'SEQ_CLS'")]
    [InlineData("""{"use_dora":true}""", "use_dora is true")]
    [InlineData("""{"bias":"lora_only"}""", "bias is 'lora_only'")]
    [InlineData("""{"modules_to_save":["lm_head"]}""", "modules_to_save is [\"lm_head\"]")]
    [InlineData("""{"rank_pattern":{"q_proj":4}}""", "rank_pattern is")]
    [InlineData("""{"alpha_pattern":{"q_proj":4}}""", "alpha_pattern is")]
    [InlineData("""{"layers_to_transform":[0]}""", "layers_to_transform is [0]")]
    [InlineData("""{"layer_replication":[[0,4]]}""", "layer_replication is")]
    [InlineData("""{"fan_in_fan_out":true}""", "fan_in_fan_out is true")]
    [InlineData("""{"init_lora_weights":"pissa"}""", "init_lora_weights is \"pissa\"")]
    [InlineData("""{"lora_bias":true}""", "lora_bias is true")]
    [InlineData("""{"a_setting_of_tomorrow":3}""", "a_setting_of_tomorrow is 3")]
    [InlineData("""{"r":0}""", "r is 0")]
    [InlineData("""{"r":null}""", "r is missing")]
    [InlineData("""{"lora_alpha":-1}""", "lora_alpha is -1")]
    [InlineData("""{"lora_dropout":1.0}""", "lora_dropout is 1")]
    [InlineData("""{"lora_dropout":1.5}""", "lora_dropout is 1.5")]
    [InlineData("""{"use_rslora":"no"}""", "use_rslora is \"no\"")]
    [InlineData("""{"target_modules":null}""", "target_modules is missing")]
    [InlineData("""{"target_modules":[]}""", "names none")]
    [InlineData("""{"target_modules":["q_proj","lm_head"]}""", "target_modules names 'lm_head'")]
    [InlineData("""{"target_modules":["model.layers.0.self_attn.q_proj"]}""", "target_modules names")]
    [InlineData("""{"target_modules":[1]}""", "expected a list of strings")]
    [InlineData("""{"target_modules":".*layers\\.[01]\\..*q_proj"}""", "matches q_proj in 2 of 4 blocks")]
    [InlineData("""{"target_modules":".*(q_proj|lm_head)"}""", "matches lm_head")]
    [InlineData("""{"target_modules":"(?=.*q_proj).*"}""", "cannot be read here")]
    [InlineData("""{"target_modules":"("}""", "cannot be read here")]
    [InlineData("""{"target_modules":"q_proj"}""", "names none")]
    public void A_setting_we_cannot_honour_is_refused(string change, string complaint)
    {
        EditConfig(change);
        Assert.Contains(complaint, Refusal());
    }

    [Theory]
    [InlineData("""{"target_modules":["v_proj","q_proj"]}""")]
    [InlineData("""{"target_modules":["self_attn.v_proj","q_proj","v_proj"]}""")]
    [InlineData("""{"target_modules":".*\\.(q|v)_proj"}""")]
    [InlineData("""{"target_modules":"model\\.layers\\.\\d+\\.self_attn\\.[qv]_proj$"}""")]
    [InlineData("""{"lora_bias":false,"exclude_modules":null,"eva_config":null,"trainable_token_indices":null,"qalora_group_size":16,"peft_version":"0.18.0","runtime_config":{"ephemeral_gpu_offload":false}}""")]
    public void Other_ways_to_say_the_same_are_understood(string change)
    {
        EditConfig(change);
        Assert.Equal([LinearLayer.QProj, LinearLayer.VProj], PeftAdapter.Read(_folder.Path, Config).Recipe.Targets);
    }

    [Fact]
    public void A_rank_stabilised_adapter_keeps_its_scale()
    {
        EditConfig("""{"use_rslora":true}""");
        Assert.Equal(16 / Math.Sqrt(8), PeftAdapter.Read(_folder.Path, Config).Recipe.Scale, 12);
    }

    [Fact]
    public void Every_tensor_must_be_there_and_be_used()
    {
        Edit((QueryB, null, null));
        Assert.Contains($"tensor '{QueryB}' is missing", Refusal());
        Edit(("x", new TensorSpec("base_model.model.lm_head.lora_A.weight", "F32", 8, 64), new byte[2048]));
        Assert.Contains("tensor 'base_model.model.lm_head.lora_A.weight' belongs to none", Refusal());
        Edit((QueryA, new TensorSpec(QueryA, "F32", 4, 64), new byte[1024]));
        Assert.Contains($"tensor '{QueryA}' has the shape [4, 64], expected [8, 64]", Refusal());
        Edit((QueryA, new TensorSpec(QueryA, "F32", 8, 64), RawSafetensors.Of(Enumerable.Range(0, 512).Select(i => i == 65 ? float.NaN : 0).ToArray())));
        Assert.Contains($"element [1, 1] of tensor '{QueryA}' is NaN or infinite", Refusal());
        Copy();
        EditConfig("""{"target_modules":["q_proj"]}""");
        Assert.Contains("belongs to none of the adapted layers", Refusal());
    }

    [Fact]
    public void An_adapter_of_another_model_is_refused()
    {
        var error = Assert.Throws<BadInputException>(() => PeftAdapter.Read(_folder.Path, Config with { Layers = 5 }));
        Assert.Contains("layers.4.self_attn.q_proj.lora_A.weight' is missing", error.What);
        error = Assert.Throws<BadInputException>(() => PeftAdapter.Read(_folder.Path, Config with { Layers = 3 }));
        Assert.Contains("belongs to none", error.What);
    }

    [Fact]
    public void Half_precision_is_widened_exactly()
    {
        ushort[] bits = [.. Enumerable.Range(0, 512).Select(i => (ushort)(0x3F00 + i % 128))];
        Edit((QueryA, new TensorSpec(QueryA, "BF16", 8, 64), RawSafetensors.Of(bits)), (QueryB, new TensorSpec(QueryB, "F16", 64, 8), RawSafetensors.Of(Enumerable.Repeat((Half)0.1, 512).ToArray())));
        var pair = PeftAdapter.Read(_folder.Path, Config).Blocks[1][LinearLayer.QProj];
        Assert.Equal(bits.Select(pattern => BitConverter.UInt32BitsToSingle((uint)pattern << 16)), pair.A);
        Assert.All(pair.B, value => Assert.Equal((float)(Half)0.1, value));
    }

    [Fact]
    public void Folders_without_an_adapter_are_refused()
    {
        File.Delete(_folder.PathOf("adapter_model.safetensors"));
        Assert.Contains("no such file", Refusal());
        _folder.Write("adapter_model.bin", [0x80, 2]);
        Assert.Contains("pickle (adapter_model.bin)", Refusal());
        Assert.Contains("safe_serialization=True", Refusal());
        File.Delete(_folder.PathOf("adapter_config.json"));
        Assert.Contains("no such file", Refusal());
        Assert.Contains("no such folder", Assert.Throws<BadInputException>(() => PeftAdapter.Read(_folder.PathOf("none"), Config)).What);
    }

    private string Refusal()
    {
        var error = Assert.Throws<BadInputException>(() => PeftAdapter.Read(_folder.Path, Config));
        Assert.StartsWith(_folder.Path, error.Where);
        return error.Message;
    }

    private void Copy()
    {
        foreach (var name in (string[])["adapter_config.json", "adapter_model.safetensors"])
            File.WriteAllBytes(_folder.PathOf(name), File.ReadAllBytes(Golden.PathOf("tiny_gqa", "lora_qv", "final", name)));
    }

    private void Edit(params (string Name, TensorSpec? Spec, byte[]? Data)[] changes) =>
        RawSafetensors.Edit(Golden.PathOf("tiny_gqa", "lora_qv", "final", "adapter_model.safetensors"), _folder.PathOf("adapter_model.safetensors"), changes);

    private void EditConfig(string change)
    {
        var json = JsonNode.Parse(File.ReadAllText(_folder.PathOf("adapter_config.json")))!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject()) json[name] = value?.DeepClone();
        _folder.Write("adapter_config.json", json.ToJsonString());
    }
}
