using System.Text.Json.Nodes;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Tests.Checkpoints;

public sealed class ConfigJsonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"architectures":["GPT2LMHeadModel"]}""", "GPT2LMHeadModel, which is not supported")]
    [InlineData("""{"architectures":["Gemma\u001b[31m"]}""", "Gemma\\u001b[31m, which is not supported")]
    [InlineData("""{"architectures":[]}""", "architectures names 0")]
    [InlineData("""{"architectures":null}""", "architectures is missing")]
    [InlineData("""{"architectures":"LlamaForCausalLM"}""", "expected a list of strings")]
    [InlineData("""{"hidden_act":"gelu"}""", "hidden_act is 'gelu'")]
    [InlineData("""{"mlp_bias":true}""", "mlp_bias is true")]
    [InlineData("""{"quantization_config":{"bits":4}}""", "quantised")]
    [InlineData("""{"partial_rotary_factor":0.5}""", "partial_rotary_factor is 0.5")]
    [InlineData("""{"layer_types":["full_attention","sliding_attention"]}""", "sliding_attention")]
    [InlineData("""{"sliding_window":255}""", "sliding_window is 255")]
    [InlineData("""{"hidden_size":null}""", "hidden_size is missing")]
    [InlineData("""{"hidden_size":0}""", "hidden_size is 0, expected a whole number from 1")]
    [InlineData("""{"hidden_size":-64}""", "hidden_size is -64")]
    [InlineData("""{"hidden_size":64.5}""", "hidden_size is 64.5")]
    [InlineData("""{"hidden_size":"64"}""", "hidden_size is \"64\"")]
    [InlineData("""{"hidden_size":2147483647}""", "hidden_size is 2147483647")]
    [InlineData("""{"hidden_size":1e99}""", "hidden_size is 1e99")]
    [InlineData("""{"hidden_size":66}""", "which does not divide hidden_size")]
    [InlineData("""{"hidden_size":60}""", "head_dim is 15")]
    [InlineData("""{"head_dim":7}""", "head_dim is 7")]
    [InlineData("""{"num_attention_heads":0}""", "num_attention_heads is 0")]
    [InlineData("""{"num_key_value_heads":3}""", "num_key_value_heads is 3, which does not divide")]
    [InlineData("""{"num_key_value_heads":8}""", "num_key_value_heads is 8, which does not divide")]
    [InlineData("""{"num_hidden_layers":2000000000}""", "num_hidden_layers is 2000000000")]
    [InlineData("""{"vocab_size":4194305}""", "vocab_size is 4194305")]
    [InlineData("""{"intermediate_size":99999999}""", "intermediate_size is 99999999")]
    [InlineData("""{"max_position_embeddings":0}""", "max_position_embeddings is 0")]
    [InlineData("""{"rms_norm_eps":0}""", "rms_norm_eps is 0")]
    [InlineData("""{"rms_norm_eps":1e999}""", "rms_norm_eps is 1e999")]
    [InlineData("""{"rope_theta":-1}""", "rope_theta is -1")]
    [InlineData("""{"tie_word_embeddings":"yes"}""", "expected true or false")]
    [InlineData("""{"bos_token_id":320}""", "bos_token_id is 320, expected a whole number from 0 to 319")]
    [InlineData("""{"eos_token_id":[2,320]}""", "eos_token_id is [2,320]")]
    [InlineData("""{"eos_token_id":"2"}""", "eos_token_id is \"2\"")]
    [InlineData("""{"rope_scaling":{"type":"dynamic","factor":2.0}}""", "rope_type is 'dynamic', which is not supported")]
    [InlineData("""{"rope_scaling":{"rope_type":"yarn","factor":2.0}}""", "rope_type is 'yarn', which is not supported")]
    [InlineData("""{"rope_scaling":{"rope_type":"longrope","short_factor":[1]}}""", "rope_type is 'longrope', which is not supported")]
    [InlineData("""{"rope_scaling":{"rope_type":"mrope"}}""", "rope_type is 'mrope', which is not supported")]
    [InlineData("""{"rope_scaling":{"factor":2.0}}""", "rope_scaling.rope_type is missing")]
    [InlineData("""{"rope_scaling":{"type":"linear"}}""", "rope_scaling.factor is missing")]
    [InlineData("""{"rope_scaling":{"type":"linear","factor":0.5}}""", "rope_scaling.factor is 0.5")]
    [InlineData("""{"rope_scaling":{"type":"linear","rope_type":"llama3","factor":2}}""", "rope_scaling.rope_type is 'llama3', but type is 'linear'")]
    [InlineData("""{"rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4}}""", "original_max_position_embeddings is missing")]
    [InlineData("""{"rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":4,"high_freq_factor":4,"original_max_position_embeddings":64}}""", "high_freq_factor is 4, expected more")]
    [InlineData("""{"rope_scaling":"linear"}""", "rope_scaling is \"linear\", expected an object")]
    [InlineData("""{"rope_parameters":{"rope_theta":1e4,"rope_type":"yarn","factor":4}}""", "rope_parameters.rope_type is 'yarn'")]
    [InlineData("""{"rope_parameters":{"rope_theta":5e5,"rope_type":"default"}}""", "rope_theta is 10000, but rope_parameters.rope_theta is 500000")]
    [InlineData("""{"rope_parameters":{"rope_type":"default"},"rope_scaling":{"type":"linear","factor":2}}""", "rope_scaling stands beside rope_parameters")]
    [InlineData("""{"rope_parameters":{"full_attention":{"rope_type":"default"}}}""", "differs between kinds of layers")]
    [InlineData("""{"architectures":["MistralForCausalLM"],"sliding_window":128}""", "sliding_window is 128")]
    [InlineData("""{"architectures":["MistralForCausalLM"],"attention_bias":true}""", "attention_bias is true")]
    [InlineData("""{"architectures":["MistralForCausalLM"],"num_key_value_heads":null}""", "num_key_value_heads is missing")]
    [InlineData("""{"architectures":["Qwen2ForCausalLM"],"use_sliding_window":true}""", "use_sliding_window is true")]
    public void What_we_do_not_run_is_refused_by_name(string change, string complaint)
    {
        var path = Edited(change);
        var error = Assert.Throws<BadInputException>(() => ConfigJson.Read(path));
        Assert.Equal(path, error.Where);
        Assert.Contains(complaint, error.What);
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("{", "not valid JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("""{"hidden_size":1,"hidden_size":2}""", "not valid JSON")]
    [InlineData("""{"\ud800":1}""", "not valid JSON")]
    public void A_file_that_is_no_configuration_is_refused(string text, string complaint) =>
        Assert.Contains(complaint, Assert.Throws<BadInputException>(() => ConfigJson.Read(_folder.Write("config.json", text))).What);

    [Fact]
    public void A_missing_file_is_refused() =>
        Assert.Contains("no such file", Assert.Throws<BadInputException>(() => ConfigJson.Read(_folder.PathOf("config.json"))).What);

    [Fact]
    public void Rope_scaling_is_read_in_its_old_and_new_spellings()
    {
        Assert.Equal(RopeScaling.Linear(4), Read("""{"rope_scaling":{"type":"linear","factor":4}}""").RopeScaling);
        Assert.Equal(RopeScaling.Linear(4), Read("""{"rope_scaling":{"rope_type":"linear","type":"linear","factor":4.0}}""").RopeScaling);
        Assert.Equal(RopeScaling.None, Read("""{"rope_scaling":{"rope_type":"default"}}""").RopeScaling);
        Assert.Equal(RopeScaling.None, Read("""{"rope_scaling":null}""").RopeScaling);
        var newest = Read("""{"rope_theta":null,"rope_parameters":{"rope_theta":5e5,"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":64}}""");
        Assert.Equal((500000, new RopeScaling(RopeScalingKind.Llama3, 8, 1, 4, 64)), (newest.RopeTheta, newest.RopeScaling));
        Assert.Equal(10000, Read("""{"rope_theta":null}""").RopeTheta);
    }

    [Fact]
    public void Architectures_differ_in_their_biases_and_windows()
    {
        var llama = Read("""{"attention_bias":true}""");
        Assert.True(llama.QkvBias && llama.OutputBias);
        var qwen = Read("""{"architectures":["Qwen2ForCausalLM"],"use_sliding_window":false,"sliding_window":32}""");
        Assert.True(qwen.QkvBias && !qwen.OutputBias);
        var mistral = Read("""{"architectures":["MistralForCausalLM"],"sliding_window":256}""");
        Assert.False(mistral.QkvBias || mistral.OutputBias);
        Assert.Equal("MistralForCausalLM", mistral.Architecture);
    }

    [Fact]
    public void Values_that_may_be_absent_take_the_architectures_defaults()
    {
        var config = Read("""{"num_key_value_heads":null,"tie_word_embeddings":null,"hidden_act":null,"bos_token_id":null,"eos_token_id":null,"head_dim":null}""");
        Assert.Equal((4, 16, false, (int?)null, 0), (config.KeyValueHeads, config.HeadDim, config.TieWordEmbeddings, config.BosId, config.EosIds.Count));
        Assert.Equal(32, Read("""{"head_dim":32}""").HeadDim);
        Assert.Equal([2, 7], Read("""{"eos_token_id":[2,7]}""").EosIds);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"attention_bias":true,"head_dim":32,"eos_token_id":[2,7],"rope_scaling":{"type":"linear","factor":4}}""")]
    [InlineData("""{"architectures":["Qwen2ForCausalLM"],"tie_word_embeddings":true,"bos_token_id":null}""")]
    [InlineData("""{"architectures":["MistralForCausalLM"],"rms_norm_eps":1e-6,"rope_theta":1000000.0,"eos_token_id":null}""")]
    [InlineData("""{"rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":64}}""")]
    public void A_configuration_written_is_read_back_the_same(string change)
    {
        var config = Read(change);
        ConfigJson.Write(_folder.PathOf("written.json"), config, ElementType.BF16);
        var back = ConfigJson.Read(_folder.PathOf("written.json"));
        Assert.Equal(config.EosIds, back.EosIds);
        Assert.Equal(config, back with { EosIds = config.EosIds });
        var json = JsonNode.Parse(File.ReadAllText(_folder.PathOf("written.json")))!;
        Assert.Equal("bfloat16", json["torch_dtype"]!.GetValue<string>());
        Assert.Matches(@"[.E]", json["rope_theta"]!.ToJsonString());
    }

    [Fact]
    public void The_configuration_written_agrees_with_the_librarys_own_in_every_field_that_both_have()
    {
        var original = JsonNode.Parse(File.ReadAllText(Golden.PathOf("tiny_gqa", "config.json")))!.AsObject();
        ConfigJson.Write(_folder.PathOf("written.json"), ConfigJson.Read(Golden.PathOf("tiny_gqa", "config.json")), ElementType.F32);
        var written = JsonNode.Parse(File.ReadAllText(_folder.PathOf("written.json")))!.AsObject();
        var left = original.Where(field => !written.ContainsKey(field.Key)).Select(field => field.Key).Order();
        Assert.Equal(["attention_dropout", "initializer_range", "pretraining_tp", "transformers_version", "use_cache"], left);
        foreach (var (name, value) in original.Where(field => written.ContainsKey(field.Key)))
            Assert.True(JsonNode.DeepEquals(value, written[name]), $"{name}: {value?.ToJsonString()} and {written[name]?.ToJsonString()}");
    }

    [Fact]
    public void Random_damage_is_refused_or_read_but_never_crashes()
    {
        var random = new RandomStream(3);
        var honest = File.ReadAllBytes(Golden.PathOf("tiny_gqa", "config.json"));
        for (int trial = 0; trial < 300; trial++)
        {
            var bytes = honest.ToArray();
            for (int flips = 1 + random.Next(2); flips > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)(32 + random.Next(224));
            try
            {
                var config = ConfigJson.Read(_folder.Write("config.json", bytes));
                Assert.True(config.HiddenSize > 0 && config.Heads % config.KeyValueHeads == 0 && config.HeadDim % 2 == 0);
            }
            catch (BadInputException)
            {
                // One line for the user: as it should be.
            }
        }
    }

    private ModelConfig Read(string change) => ConfigJson.Read(Edited(change));

    /// <summary>The configuration of tiny_mha with some fields changed.</summary>
    private string Edited(string change)
    {
        var json = JsonNode.Parse(File.ReadAllText(Golden.PathOf("tiny_mha", "config.json")))!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject()) json[name] = value?.DeepClone();
        return _folder.Write("config.json", json.ToJsonString());
    }
}
