using Converge.Cli.Tests.Running;

namespace Converge.Cli.Tests;

public sealed class StatesTapsTests
{
    [Fact]
    public void Every_tap_lies_in_the_file_under_its_name_and_shape()
    {
        using var model = new GoldenModel("tiny_gqa");
        var file = model.Files.Write("prompts.jsonl", "{\"id\": \"a\", \"tokens\": [1, 2, 3]}\n{\"id\": \"b\", \"tokens\": [1, 2, 3, 4, 5, 6, 7]}");
        string[] command = ["states", "--model", model.Folder, "--prompts", file, "--layers", "4,0,2"];
        string[] taps = ["--taps", "logits,attn_out,attn_scores,q,k"];
        var plain = Executable.Run([.. command, "--out", model.Files["plain"]]).Expect(0);
        var ended = Executable.Run([.. command, .. taps, "--out", model.Files["last"], "--json"]).Expect(0);
        Executable.Run([.. command, .. taps, "--out", model.Files["all"], "--positions", "all"]).Expect(0);
        var (last, all) = (new StatesResult(model.Files["last"]), new StatesResult(model.Files["all"]));

        Assert.Contains("2 prompts of 10 tokens, 3 layers of width 64", plain.Error);
        Assert.Equal(["a/attn_scores", "attn_out", "b/attn_scores", "k", "logits", "q"], last.Names.Order(StringComparer.Ordinal));
        Assert.Equal([2, 2, 64], last.Shape("attn_out"));
        Assert.Equal([2, 2, 4, 16], last.Shape("q"));
        Assert.Equal([2, 2, 2, 16], last.Shape("k"));
        Assert.Equal([2, 4, 7], last.Shape("b/attn_scores"));
        Assert.Equal([2, 320], last.Shape("logits"));
        Assert.Equal([2, 7, 64], all.Shape("b/attn_out"));
        Assert.Equal([2, 7, 4, 16], all.Shape("b/q"));
        Assert.Equal([2, 7, 2, 16], all.Shape("b/k"));
        Assert.Equal([2, 4, 7], all.Shape("b/attn_scores"));
        Assert.Equal([320], all.Shape("b/logits"));
        long values = 2 * 2 * 64 + 2 * 2 * 64 + 2 * 2 * 32 + 2 * 4 * (3 + 7) + 2 * 320;
        Assert.Equal(4 * values, (long)ended.Json["bytes"]!);
        Assert.Equal("[\"logits\",\"attn_out\",\"attn_scores\",\"q\",\"k\"]", ended.Json["taps"]!.ToJsonString());

        for (int block = 0; block < 2; block++)
        {
            Assert.Equal(last.Row("attn_out", 1, block), all.Row("b/attn_out", block, 6));
            for (int head = 0; head < 4; head++)
            {
                Assert.Equal(last.Row("q", 1, block, head), all.Row("b/q", block, 6, head));
                Assert.Equal(last.Row("k", 1, block, head / 2), all.Row("b/k", block, 6, head / 2));
                Assert.Equal(last.Row("b/attn_scores", block, head), all.Row("b/attn_scores", block, head));
            }
        }
        Assert.Equal(last.Row("logits", 1), all.Row("b/logits"));
        Assert.NotEqual(last.Row("attn_out", 1, 0), last.Row("attn_out", 1, 1));
    }

    [Fact]
    public void Logits_equal_the_reference()
    {
        using var model = new GoldenModel("tiny_gqa");
        var prompts = model.Numbers("golden_forward.json")["prompts"]!.AsArray();
        var file = model.Prompts(prompts.Select(prompt => ((string)prompt!["name"]!, prompt["input_ids"]!)));
        Executable.Run("states", "--model", model.Folder, "--prompts", file, "--out", model.Files["out"], "--taps", "final_norm,logits", "--layers", "0").Expect(0);
        var states = new StatesResult(model.Files["out"]);
        Assert.Equal(["final_norm", "logits"], states.Names.Order(StringComparer.Ordinal));
        for (int i = 0; i < prompts.Count; i++) Assert.InRange(StatesResult.Difference(states.Row("logits", i), prompts[i]!["f64"]!["logits_last"]!), 0, 1e-5);
    }

    [Theory]
    [InlineData("--taps: 'attn' is not a list of different taps out of resid_post, attn_out, attn_scores, q, k, logits, final_norm", "--taps", "attn")]
    [InlineData("--taps: 'q,q' is not a list", "--taps", "q,q")]
    [InlineData("--taps: '' is not a list", "--taps", "")]
    [InlineData("--layers: layer 0 is the embedding, which has no attention", "--taps", "attn_out", "--layers", "0")]
    public void Taps_that_cannot_be_kept_are_refused(string expected, params string[] options)
    {
        using var model = new GoldenModel("tiny_mha");
        var file = model.Files.Write("prompts.jsonl", "{\"id\": \"a\", \"tokens\": [1]}");
        Assert.Contains(expected, Executable.Run(["states", "--model", model.Folder, "--prompts", file, "--out", model.Files["out"], .. options]).ExpectBadInput());
        Assert.False(Directory.Exists(model.Files["out"]));
    }
}
