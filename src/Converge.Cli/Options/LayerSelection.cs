using System.CommandLine;
using Converge.Engine;
using Converge.Engine.Model;

namespace Converge.Cli.Options;

/// <summary>Which layers of the residual stream are kept: <c>all</c>, <c>last</c> or a list of indices.</summary>
/// <param name="Text">The option's value.</param>
/// <param name="Indices">The list, or null for <c>all</c> and <c>last</c>.</param>
internal sealed record LayerSelection(string Text, IReadOnlyList<int>? Indices)
{
    private const string Name = "--layers";

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary><c>--layers</c>.</summary>
    public static Option<LayerSelection> Option() => new(Name)
    {
        Description = "Layers to keep: 0 is the embedding, i the output of block i",
        HelpName = "all|last|0,3",
        DefaultValueFactory = _ => new LayerSelection("all", null),
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 0 ? "all" : result.Tokens[0].Value;
            if (text is "all" or "last") return new LayerSelection(text, null);
            var parts = text.Split(',');
            var indices = new List<int>();
            foreach (var part in parts)
                if (int.TryParse(part, out int index) && index >= 0 && !indices.Contains(index)) indices.Add(index);
            if (indices.Count == parts.Length) return new LayerSelection(text, indices);
            result.AddError($"{Name}: '{text}' is neither all, last nor a list of different layers such as 0,3.");
            return null;
        },
    };

    /// <summary>The indices for a model of this shape, in the order given.</summary>
    /// <exception cref="BadInputException">The model has no such layer.</exception>
    public IReadOnlyList<int> Of(ModelConfig config)
    {
        if (Text == "all") return [.. Enumerable.Range(0, config.Layers + 1)];
        if (Text == "last") return [config.Layers];
        foreach (int index in Indices!)
            if (index > config.Layers) throw new BadInputException(Name, $"there is no layer {index}", $"Choose from 0 (the embedding) to {config.Layers}");
        return Indices;
    }
}
