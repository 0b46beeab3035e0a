using System.CommandLine;
using Converge.Cli.Options;
using Converge.Engine;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tuning;

namespace Converge.Cli.Tuning;

/// <summary>The options of <c>tune</c> that make up an adapter's recipe.</summary>
internal sealed class LoraOptions
{
    private readonly Option<int?> _rank = Opt.Count("--rank", "LoRA: r [default: 8]");
    private readonly Option<double?> _alpha = Opt.OptionalNumber("--alpha", "LoRA: the update is scaled by alpha / r [default: 16]", least: double.Epsilon);
    private readonly Option<double?> _dropout = Opt.OptionalNumber("--dropout", "LoRA: dropout of the adapter's input [default: 0]", most: 0.999);
    private readonly Option<string?> _targets = Opt.Text("--targets", "NAMES", "LoRA: linear layers, separated by commas, or all [default: q_proj,v_proj]");
    private readonly Option<string?> _init = Opt.Text("--init", "DIR", "LoRA: a PEFT adapter to start from; it sets rank, alpha, dropout and targets");

    private IEnumerable<Option> All => [_rank, _alpha, _dropout, _targets, _init];

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in All) command.Add(option);
    }

    /// <summary>The adapter to start from: the one given, or a fresh one.</summary>
    /// <exception cref="BadInputException">
    /// One is given together with an option that it sets, or cannot be used; or a target is no linear layer.
    /// </exception>
    public LoraAdapter Start(ParseResult arguments, ModelConfig config, ulong seed)
    {
        if (arguments.GetValue(_init) is not { } folder) return LoraInitialization.Create(Recipe(arguments), config, seed);
        if (Given(arguments).FirstOrDefault(option => option != _init) is { } other)
            throw new BadInputException(other.Name, "cannot be given with --init, whose adapter sets it", "Leave one of the two out");
        return PeftAdapter.Read(folder, config);
    }

    /// <summary>Throws if any of these options is given: full tuning has no use for them.</summary>
    /// <exception cref="BadInputException">One is given.</exception>
    public void RequireNone(ParseResult arguments)
    {
        if (Given(arguments).FirstOrDefault() is { } option)
            throw new BadInputException(option.Name, "is for --method lora", "Leave it out, or use --method lora");
    }

    private LoraRecipe Recipe(ParseResult arguments) => new(
        arguments.GetValue(_rank) ?? 8, arguments.GetValue(_alpha) ?? 16, arguments.GetValue(_dropout) ?? 0, Targets(arguments.GetValue(_targets) ?? "q_proj,v_proj"));

    private IEnumerable<Option> Given(ParseResult arguments) => All.Where(option => arguments.GetResult(option) is { Implicit: false });

    private static IReadOnlyList<LinearLayer> Targets(string text)
    {
        if (text == "all") return LinearLayers.All;
        var names = text.Split(',', StringSplitOptions.TrimEntries);
        foreach (var name in names)
            if (!LinearLayers.All.Any(layer => layer.Name() == name))
                throw new BadInputException("--targets", $"'{name}' is not a linear layer", $"Choose from {string.Join(", ", LinearLayers.All.Select(layer => layer.Name()))}, or all");
        // The order of the computation, whatever order was given, so that the same set is the same recipe.
        return [.. LinearLayers.All.Where(layer => names.Contains(layer.Name()))];
    }
}
