using Converge.Cli.Tests.Running;
using Converge.Tests;

namespace Converge.Cli.Tests;

public sealed class InspectTests(RandomModelFolder model) : IClassFixture<RandomModelFolder>
{
    private static readonly string Golden = Repository.PathOf("tests", "fixtures", "golden", "tiny_gqa");

    [Fact]
    public void A_checkpoint_shows_its_shape_its_tensors_and_its_tokenizer()
    {
        var text = Executable.Run("inspect", model.Path).Expect(0).Out;
        Assert.Contains("LlamaForCausalLM: 4 layers, hidden 64, feed-forward 176, vocabulary 258, 2048 positions", text);
        Assert.Contains("model.layers.*.mlp.down_proj.weight", text);
        Assert.Contains("x 4", text);
        Assert.Contains("vocabulary 258, BOS 256 put in front, EOS 257", text);
        Assert.Contains("4 of 4 texts come back as they were", text);
        Assert.DoesNotContain("PROBLEM", text);
    }

    [Fact]
    public void The_parameters_are_the_sum_over_the_tensors()
    {
        var json = Executable.Run("inspect", model.Path, "--json").Expect(0).Json;
        var elements = json["tensors"]!.AsArray().Sum(tensor => tensor!["shape"]!.AsArray().Aggregate(1L, (product, side) => product * (long)side!));
        Assert.Equal(elements, (long)json["parameters"]!);
        Assert.Equal(elements * 4, (long)json["memory"]!["weights_bytes"]!);
        Assert.Equal(64, (int)json["config"]!["hidden_size"]!);
    }

    [Fact]
    public void A_missing_tokenizer_is_a_problem_but_no_failure()
    {
        Assert.Contains("PROBLEM: tokenizer: holds neither tokenizer.json nor tokenizer.model", Executable.Run("inspect", Golden).Expect(0).Out);
    }

    [Fact]
    public void An_adapter_is_checked_against_its_model()
    {
        var adapter = Path.Combine(Golden, "lora_qv", "final");
        var json = Executable.Run("inspect", adapter, "--model", Golden, "--json").Expect(0).Json;
        Assert.Equal("adapter", (string)json["kind"]!);
        Assert.Equal(7168, (long)json["parameters"]!);
        Assert.InRange((double)json["norm_of_b"]!, 0.1, 10);
        Assert.Contains("Add --model DIR", Executable.Run("inspect", adapter).ExpectBadInput());
        Assert.Contains("has the shape [32, 8], expected [64, 8]", Executable.Run("inspect", adapter, "--model", Repository.PathOf("tests", "fixtures", "golden", "tiny_mha")).ExpectBadInput());
    }

    [Fact]
    public void A_folder_that_is_no_model_is_named()
    {
        Assert.Contains("there is no such folder", Executable.Run("inspect", "no/such/folder").ExpectBadInput());
        Assert.Contains("config.json", Executable.Run("inspect", Repository.PathOf("src")).ExpectBadInput());
    }
}
