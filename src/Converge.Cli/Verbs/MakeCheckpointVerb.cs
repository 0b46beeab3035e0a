using System.CommandLine;
using System.Text.Json.Nodes;
using Converge.Cli.Bench;
using Converge.Cli.Display;
using Converge.Cli.Hosting;
using Converge.Cli.Options;
using Converge.Engine;
using Converge.Engine.Checkpoints;
using Converge.Numerics;

namespace Converge.Cli.Verbs;

/// <summary><c>converge bench make-checkpoint</c>: a checkpoint of random weights, of any size.</summary>
internal sealed class MakeCheckpointVerb : Verb
{
    // What the usual Python library takes for a shard is twice as much; small enough that a test of shards needs no large disk.
    private const long ShardBytes = 5L << 30;

    private readonly Option<BenchShape> _shape = new("--shape")
    {
        Description = "The model's shape",
        HelpName = BenchShape.Syntax,
        Required = true,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var shape = BenchShape.Parse(text);
            if (shape is null) result.AddError($"--shape: '{text}' is no shape; write {BenchShape.Syntax}.");
            return shape;
        },
    };

    private readonly Option<string> _out = Opt.Required("--out", "DIR", "The folder, which must hold no checkpoint yet");
    private readonly Option<string> _type = Opt.Choice("--dtype", "The type of the weights", "bf16", "f32");
    private readonly Option<ulong> _seed = Opt.Seed("--seed", GeneratedCheckpoint.Seed, "The seed of the weights");
    private readonly Option<int?> _shardMegabytes = Opt.Count("--shard-mib", "The most that one file holds, in MiB [default: 5120]");

    public MakeCheckpointVerb()
        : base("make-checkpoint", VerbGroup.Look, "Write a checkpoint of random weights, of any size", "converge bench make-checkpoint --shape 7B --out out/7b")
    {
        foreach (var option in new Option[] { _shape, _out, _type, _seed, _shardMegabytes }) Add(option);
    }

    /// <inheritdoc/>
    public override string AfterInterruption => "The folder is no checkpoint yet; run the command again";

    /// <inheritdoc/>
    public override VerbResult Execute(ParseResult arguments, Invocation invocation)
    {
        var (shape, folder) = (arguments.GetRequiredValue(_shape), arguments.GetRequiredValue(_out));
        var type = arguments.GetRequiredValue(_type) == "f32" ? ElementType.F32 : ElementType.BF16;
        long shardBytes = arguments.GetValue(_shardMegabytes) is { } mebibytes ? (long)mebibytes << 20 : ShardBytes;
        foreach (var file in new[] { "config.json", "model.safetensors", "model.safetensors.index.json" })
            if (File.Exists(Path.Combine(folder, file))) throw new BadInputException(folder, $"holds a {file} already", "Choose another folder, or delete the checkpoint there");
        long bytes = GeneratedCheckpoint.Bytes(shape.Config, type);
        Directory.CreateDirectory(folder);
        GeneratedCheckpoint.CheckRoom(folder, shape.Config, type);
        invocation.Watch("write", "bytes", bytes, progress =>
        {
            RandomCheckpoint.Write(folder, shape.Config, arguments.GetValue(_seed), type, shardBytes, progress, invocation.Cancellation);
            return true;
        });
        invocation.Say($"{shape.Name}, {type.ToString().ToLowerInvariant()}: {Quantities.Bytes(bytes)} at {Quantities.Bytes((long)(bytes / Math.Max(1e-3, invocation.Elapsed.TotalSeconds)))}/s");
        invocation.Close(new Closing(invocation.Elapsed, 0, [folder]));
        return new VerbResult(new JsonObject { ["model"] = folder, ["shape"] = shape.Name, ["dtype"] = type.ToString().ToLowerInvariant(), ["bytes"] = bytes });
    }
}
