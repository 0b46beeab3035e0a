using System.CommandLine;
using System.Text.Json.Nodes;
using Converge.Cli.Display;
using Converge.Cli.Hosting;
using Converge.Cli.Inspect;
using Converge.Cli.Options;
using Converge.Engine;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;

namespace Converge.Cli.Verbs;

/// <summary><c>converge inspect</c>: what a checkpoint or an adapter is, and whether it can be used.</summary>
internal sealed class InspectVerb : Verb
{
    private readonly Argument<string> _folder = new("MODEL") { Description = "A checkpoint, or a PEFT adapter" };
    private readonly Option<string?> _model = Opt.Text("--model", "DIR", "For an adapter: the checkpoint it belongs to");

    public InspectVerb()
        : base("inspect", VerbGroup.Look, "Configuration, tensors, types, memory plan and tokenizer check of a model", "converge inspect models/pocket")
    {
        Add(_folder);
        Add(_model);
    }

    /// <inheritdoc/>
    public override VerbResult Execute(ParseResult arguments, Invocation invocation)
    {
        var folder = arguments.GetRequiredValue(_folder);
        var model = arguments.GetValue(_model);
        if (File.Exists(Path.Combine(folder, "adapter_config.json")))
        {
            if (model is null) throw new BadInputException(folder, "is an adapter, whose shapes depend on its model", $"Add --model DIR: converge inspect {folder} --model DIR");
            using var of = Checkpoint.Open(model);
            return Adapter(folder, of.Config, invocation);
        }
        if (model is not null) throw new BadInputException("--model", $"is for adapters, and {folder} holds no adapter_config.json", "Leave it out");
        using var checkpoint = Checkpoint.Open(folder);
        return Model(checkpoint, invocation);
    }

    private static VerbResult Model(Checkpoint checkpoint, Invocation invocation)
    {
        var config = checkpoint.Config;
        long embedding = (long)config.VocabSize * config.HiddenSize;
        var memory = MemoryNeeds.Of(checkpoint);
        var tokenizer = TokenizerCheck.Of(checkpoint.Directory, config);
        Section(invocation, "configuration", Describe(config));
        Section(invocation, $"tensors ({checkpoint.Tensors.Count})", TensorTable.Lines(checkpoint.Tensors));
        Section(invocation, "parameters",
        [
            $"total     {Quantities.Count(checkpoint.TotalParameters)}",
            $"embedding {Quantities.Count(embedding)}{(config.TieWordEmbeddings ? ", which is the output head too" : ", and as many in the output head")}",
            $"linear    {Quantities.Count(config.LinearParametersPerLayer)} a block, {config.Layers} blocks",
        ]);
        Section(invocation, "memory", memory.Lines);
        Section(invocation, "tokenizer", tokenizer.Facts);
        foreach (var problem in tokenizer.Problems) invocation.Say($"PROBLEM: {problem}");
        return new VerbResult(new JsonObject
        {
            ["kind"] = "checkpoint",
            ["config"] = ConfigData(config),
            ["parameters"] = checkpoint.TotalParameters,
            ["tensors"] = new JsonArray([.. checkpoint.Tensors.Select(TensorData)]),
            ["memory"] = memory.Data,
            ["tokenizer"] = tokenizer.Data,
            ["problems"] = new JsonArray([.. tokenizer.Problems.Select(problem => (JsonNode)problem)]),
            ["digest"] = checkpoint.Digest,
        });
    }

    private static VerbResult Adapter(string folder, ModelConfig config, Invocation invocation)
    {
        var adapter = PeftAdapter.Read(folder, config);
        var recipe = adapter.Recipe;
        long parameters = MemoryNeeds.LoraParameters(config, recipe.Rank, recipe.Targets);
        double norm = Math.Sqrt(adapter.Blocks.Sum(block => block.Values.Sum(pair => pair.B.Sum(value => (double)value * value))));
        var targets = recipe.Targets.Select(target => target.Name()).ToList();
        Section(invocation, "LoRA adapter",
        [
            $"rank {recipe.Rank}, alpha {recipe.Alpha}, dropout {recipe.Dropout}",
            $"on {string.Join(", ", targets)} of {adapter.Blocks.Count} blocks",
            $"{Quantities.Count(parameters)} parameters, fits the model",
            norm == 0 ? "all B are zero: it changes nothing yet" : $"norm of all B together {norm:g6}",
        ]);
        return new VerbResult(new JsonObject
        {
            ["kind"] = "adapter",
            ["rank"] = recipe.Rank,
            ["alpha"] = recipe.Alpha,
            ["dropout"] = recipe.Dropout,
            ["targets"] = new JsonArray([.. targets.Select(target => (JsonNode)target)]),
            ["blocks"] = adapter.Blocks.Count,
            ["parameters"] = parameters,
            ["norm_of_b"] = norm,
        });
    }

    private static void Section(Invocation invocation, string heading, IEnumerable<string> lines)
    {
        invocation.Say(heading);
        foreach (var line in lines) invocation.Say($"  {line}");
    }

    private static IEnumerable<string> Describe(ModelConfig config) =>
    [
        $"{config.Architecture}: {config.Layers} layers, hidden {config.HiddenSize}, feed-forward {config.IntermediateSize}, vocabulary {config.VocabSize}, {config.MaxPositions} positions",
        $"{config.Heads} query heads and {config.KeyValueHeads} key-value heads of width {config.HeadDim}; head {(config.TieWordEmbeddings ? "tied to the embedding" : "of its own")}",
        $"rope_theta {config.RopeTheta}, scaling {config.RopeScaling.Kind.ToString().ToLowerInvariant()}{(config.RopeScaling.Kind == RopeScalingKind.None ? "" : $" by {config.RopeScaling.Factor}")}, rms_norm_eps {config.RmsNormEps}",
        $"biases: q, k, v {(config.QkvBias ? "yes" : "no")}, o {(config.OutputBias ? "yes" : "no")}; BOS {config.BosId?.ToString() ?? "none"}, EOS {(config.EosIds.Count == 0 ? "none" : string.Join(", ", config.EosIds))}",
    ];

    private static JsonObject ConfigData(ModelConfig config) => new()
    {
        ["architecture"] = config.Architecture,
        ["hidden_size"] = config.HiddenSize,
        ["intermediate_size"] = config.IntermediateSize,
        ["num_hidden_layers"] = config.Layers,
        ["num_attention_heads"] = config.Heads,
        ["num_key_value_heads"] = config.KeyValueHeads,
        ["head_dim"] = config.HeadDim,
        ["vocab_size"] = config.VocabSize,
        ["max_position_embeddings"] = config.MaxPositions,
        ["rms_norm_eps"] = config.RmsNormEps,
        ["rope_theta"] = config.RopeTheta,
        ["rope_scaling"] = config.RopeScaling.Kind.ToString().ToLowerInvariant(),
        ["tie_word_embeddings"] = config.TieWordEmbeddings,
        ["qkv_bias"] = config.QkvBias,
        ["output_bias"] = config.OutputBias,
        ["bos_token_id"] = config.BosId,
        ["eos_token_ids"] = new JsonArray([.. config.EosIds.Select(id => (JsonNode)id)]),
    };

    private static JsonNode TensorData(TensorInfo tensor) => new JsonObject
    {
        ["name"] = tensor.Name,
        ["dtype"] = tensor.Dtype,
        ["shape"] = new JsonArray([.. tensor.Shape.Select(side => (JsonNode)side)]),
        ["bytes"] = tensor.Bytes,
        ["file"] = tensor.File,
    };
}
