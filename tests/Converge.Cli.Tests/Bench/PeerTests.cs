using Converge.Cli.Bench;
using Converge.Cli.Display;
using Converge.Cli.Tests.Running;
using Converge.Engine;
using Converge.Engine.Model;
using Converge.Numerics;
using Converge.Tests;

namespace Converge.Cli.Tests.Bench;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PeerTests : IDisposable
{
    private const string OpenBlas = "/usr/lib/x86_64-linux-gnu/openblas-openmp";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData("F32", "fp32")]
    [InlineData("BF16", "bf16")]
    public void Both_sides_run_in_turn_in_the_same_type_and_the_ratio_is_of_the_speeds_of_the_same_work(string compute, string type)
    {
        Skip.IfNot(Directory.Exists(OpenBlas), "needs libopenblas0-openmp, which a comparison asks for");
        // In place of Python: notes its arguments and prints one speed in the first round and half of it in the second.
        var python = Script("""
            echo "$@" >> calls.txt
            [ "$1" = -c ] && exit 0
            n=$(grep -c '/script.py ' calls.txt)
            echo some words first
            echo "{\"torch\": \"9.9\", \"rows\": [{\"name\": \"lora step 1x96\", \"tokens_per_s\": $((200 / n))}, {\"name\": \"unknown\", \"tokens_per_s\": 1}]}"
            """);
        var plan = Plan();
        var mode = Enum.Parse<ComputeMode>(compute);
        using var pool = new WorkPool(1);
        var result = new BenchResult(new Peaks(pool, quick: true));
        var run = new BenchRun(plan, result, new ProgressCounter("test", "things", 0), CancellationToken.None);
        using var model = BenchModel.Generate(run, plan.PassShapes[0], ElementType.BF16, mode);
        var peer = new PeerBench(new PeerProcess(python), _folder.Write("script.py", ""), "");
        peer.Check(plan);
        peer.Passes(run, model);

        var comparison = Assert.Single(result.Comparisons);
        var ours = result.Measurements.Where(measurement => measurement.Name == "lora step 1x96").ToArray();
        Assert.Equal(["prefill 1x256", "prefill 16x48", "lora step 1x96", "lora step 8x96"], result.Measurements.Take(4).Select(measurement => measurement.Name));
        Assert.Equal([96 / ours[0].Timing.Median / 200, 96 / ours[1].Timing.Median / 100], comparison.Ratios);
        Assert.Equal(["PyTorch 9.9"], result.Peers);
        Assert.Equal($"PyTorch {type}, ours in {compute.ToLowerInvariant()} on bf16 weights", comparison.Against);
        Assert.Contains($"script.py S1 {type} --threads {plan.Threads} --reps 1 --json", File.ReadAllText(_folder["calls.txt"]));
    }

    [Fact]
    public void What_is_missing_is_named_before_anything_is_measured()
    {
        var peer = new PeerProcess(Script("exit 1"));
        var error = Assert.Throws<BadInputException>(() => peer.Check(_folder.Write("script.py", "")));
        Assert.Contains("python3-torch", error.Message);
        Assert.Contains("apt install", error.Message);
    }

    [Fact]
    public void A_script_that_fails_or_prints_no_json_is_named_with_its_last_words()
    {
        var failing = new PeerProcess(Script("echo first >&2; echo out of luck >&2; exit 3"));
        Assert.Contains("ended with exit code 3: out of luck", Assert.Throws<BadInputException>(() => failing.Result("s.py", ["a"], default)).Message);
        var silent = new PeerProcess(Script("echo []"));
        Assert.Contains("printed no JSON object", Assert.Throws<BadInputException>(() => silent.Result("s.py", ["a"], default)).Message);
    }

    [Fact]
    public void A_script_is_ended_with_the_measuring()
    {
        var slow = new PeerProcess(Script("echo $$ > pid; sleep 1000"));
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        Assert.ThrowsAny<OperationCanceledException>(() => slow.Result("s.py", [], stop.Token));
        Assert.NotEqual(0, Executable.Bash("/", $"kill -0 {File.ReadAllText(_folder["pid"])}").ExitCode);
    }

    [SkippableFact]
    public void A_study_is_compared_with_the_plain_loop_in_pytorch()
    {
        const string python = "/usr/bin/python3";
        Skip.IfNot(File.Exists(python) && Executable.Bash("/", $"{python} -c 'import torch'").ExitCode == 0, "needs python3-torch");
        Skip.IfNot(Directory.Exists(OpenBlas), "needs libopenblas0-openmp, which a comparison asks for");
        var script = Repository.PathOf("bench", "peers", "study_loop.py");
        var json = Executable.Run("bench", "--quick", "--shapes", "32x64x1x2", "--threads", "1", "--study", "--peer", "--study-script", script, "--json").Expect(0).Json;
        var comparison = Assert.Single(json["comparisons"]!.AsArray())!;
        Assert.Contains("plain loop in PyTorch", (string)comparison["against"]!);
        Assert.InRange((double)comparison["ratio"]!, 1e-3, 1e5);
    }

    private static BenchPlan Plan() => new()
    {
        Kernels = [],
        Passes = [],
        Study = false,
        PeerPasses = true,
        PeerStudy = false,
        KernelShapes = [],
        // The script must take the shape for the one it knows by this name.
        PassShapes = [BenchShape.Parse("32x64x1x2")! with { Name = "S1" }],
        StudyShape = BenchShape.Known[0],
        KernelWeights = [],
        PassWeights = [ElementType.BF16],
        Computes = [ComputeMode.F32],
        Tokens = [],
        Model = null,
        Threads = 1,
        StudySize = StudySize.Small,
        Quick = true,
    };

    private string Script(string body)
    {
        var path = _folder.Write("python3", $"#!/bin/bash\ncd {_folder.Path}\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
