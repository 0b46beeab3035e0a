using Converge.Cli.Hosting;
using Converge.Cli.Tests.Running;

namespace Converge.Cli.Tests.Bench;

public sealed class BenchTests : IDisposable
{
    private const string Tiny = "64x176x2x4x2";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_quick_measuring_gives_every_part_as_a_share_of_the_peak()
    {
        var page = _folder["results/cpu.md"];
        var json = Executable.Run("bench", "--quick", "--shapes", Tiny, "--kernels", "--passes", "--study", "--save", page, "--json").Expect(0).Json;
        double peak = (double)json["peaks"]!["fma_flops_per_second"]!;
        Assert.InRange((double)json["peaks"]!["memory_bytes_per_second"]!, 1e8, 1e13);
        Assert.Equal(peak, json["peaks"]!["fma_measurements"]!.AsArray().Max(value => (double)value!));
        var rows = json["measurements"]!.AsArray();
        Assert.Equal(
            ["linear forward", "linear backward to input", "linear backward to weight", "attention forward", "attention backward", "passes", "study"],
            rows.Select(row => (string)row!["section"]!).Distinct());
        Assert.All(rows, row =>
        {
            Assert.InRange((double)row!["share_of_peak"]!, 1e-9, 1.2);
            Assert.Equal((double)row["flops"]! / (double)row["median_seconds"]! / peak, (double)row["share_of_peak"]!, 9);
            Assert.True((double)row["shortest_seconds"]! <= (double)row["median_seconds"]! && (double)row["median_seconds"]! <= (double)row["longest_seconds"]!);
        });
        // Four shapes of layers by two numbers of tokens: by three types of weights, and one type of gradients.
        Assert.Equal((24, 8), (rows.Count(row => (string)row!["section"]! == "linear forward"), rows.Count(row => (string)row!["section"]! == "linear backward to weight")));
        Assert.Equal(["8x40 on a trunk of 400", "4 jobs x 60 tokens side by side"], json["comparisons"]!.AsArray().Select(row => (string)row!["name"]!));

        var text = File.ReadAllText(page);
        Assert.Contains($"converge {(string)json["version"]!}, {(string)json["runtime"]!}", text);
        Assert.Contains("| 64x176x2x4x2 | gate,up [176, 64] ", text);
        Assert.Contains("| prefill 16x48 ", text);
    }

    [Fact]
    public void Operations_and_tokens_are_those_of_the_shape()
    {
        var rows = Executable.Run("bench", "--quick", "--shapes", Tiny, "--kernels", "forward", "--weights", "bf16", "--tokens", "3", "--passes", "prefill,lora", "--json").Expect(0).Json["measurements"]!.AsArray();
        // Parameters of a block: q and o 64 x 64, k and v 32 x 64, the three of the feed-forward network 176 x 64.
        const double parameters = 2 * (2 * 4096 + 2 * 2048 + 3 * 11264);
        (string, double, long)[] expected =
        [
            ("q,o [64, 64]", 2.0 * 3 * 4096, 3), ("k,v [32, 64]", 2.0 * 3 * 2048, 3), ("gate,up [176, 64]", 2.0 * 3 * 11264, 3), ("down [64, 176]", 2.0 * 3 * 11264, 3),
            ("prefill 1x256", 2 * parameters * 256, 256), ("prefill 16x48", 2 * parameters * 768, 768), ("lora step 1x96", 4 * parameters * 96, 96), ("lora step 8x96", 4 * parameters * 768, 768),
        ];
        Assert.Equal(expected.Order(), rows.Select(row => ((string)row!["name"]!, (double)row["flops"]!, (long)row["tokens"]!)).Order());
    }

    [Theory]
    [InlineData("--shapes: 'S9' is no shape", "--shapes", "S1,S9")]
    [InlineData("--shapes: '64x64x1x3' is no shape", "--shapes", "64x64x1x3")]
    [InlineData("--kernels: 'atention' is not one of forward, backward-input, backward-weight, attention", "--kernels", "forward,atention")]
    [InlineData("--passes: 'all' is not one of prefill, trunk, lora, jobs", "--passes", "all")]
    [InlineData("--tokens: '0' is not a whole number from 1 to 65536", "--tokens", "4,0")]
    [InlineData("--threads: '0' is not a whole number of at least 1", "--threads", "0")]
    [InlineData("--weights: names f16 alone", "--weights", "f16", "--passes")]
    [InlineData("there is no such folder", "--quick", "--model", "none", "--passes", "prefill")]
    [InlineData("--shapes: is given beside --model", "--shapes", "S1", "--model", "none", "--passes")]
    [InlineData("--model: is given beside --peer", "--model", "none", "--peer")]
    [InlineData("the script knows the shapes S1 and S2, and not 7B", "--peer", "--shapes", "7B")]
    [InlineData("none.py: there is no such script", "--peer", "--peer-script", "none.py")]
    [InlineData("/none/python3: there is no such Python", "--peer", "--peer-script", "/etc/hostname", "--peer-python", "/none/python3")]
    public void A_wrong_option_ends_with_one_line(string expected, params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        Assert.Equal(2, App.Run(["bench", .. arguments], output, error));
        Assert.Equal("", output.ToString());
        Assert.Contains(expected, Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void Passes_run_on_a_given_checkpoint()
    {
        using var model = new GoldenModel("tiny_gqa");
        // Its vocabulary and positions are those of its own configuration, so that prompts must fit them.
        Assert.Contains("the model takes at most 256", Executable.Run("bench", "--quick", "--passes", "trunk", "--model", model.Folder).Expect(2).Error);
        Assert.Equal("model", (string)Executable.Run("bench", "--quick", "--passes", "lora", "--model", model.Folder, "--json").Expect(0).Json["measurements"]![0]!["shape"]!);
    }

    [Fact]
    public void Stopped_it_shows_what_it_has_and_leaves_no_model_behind()
    {
        var process = Executable.Start("/bin/bash", ["-c", $"TMPDIR={_folder.Path} exec {Executable.Location} bench --shapes {Tiny} --passes prefill --study --runs 200"]);
        string? line;
        do line = process.StandardError.ReadLine();
        while (line is not null && !line.Contains("study, ", StringComparison.Ordinal));
        Executable.Bash("/", $"kill -INT {process.Id}").Expect(0);
        var ended = Executable.Finish(process).Expect(130);
        Assert.Contains("| prefill 16x48 ", ended.Out);
        Assert.Contains("What had been measured is shown above", ended.Error);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }
}
