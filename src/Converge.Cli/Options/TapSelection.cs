using System.CommandLine;
using Converge.Engine.Capture;

namespace Converge.Cli.Options;

/// <summary>Which taps are kept: a list of their names.</summary>
/// <param name="Text">The option's value.</param>
/// <param name="Taps">The taps of the engine among them.</param>
/// <param name="FinalNorm">Whether <c>final_norm</c> is among them, which a pass leaves in any case.</param>
internal sealed record TapSelection(string Text, CaptureTaps Taps, bool FinalNorm)
{
    private const string Name = "--taps";
    private const string FinalNormName = "final_norm";
    private const string Default = "resid_post,final_norm";

    /// <summary>The taps of the engine by their names, in the order of the file.</summary>
    public static IReadOnlyList<(string Name, CaptureTaps Tap)> Names { get; } =
    [
        ("resid_post", CaptureTaps.ResidPost), ("attn_out", CaptureTaps.AttnOut), ("attn_scores", CaptureTaps.AttnScores),
        ("q", CaptureTaps.Queries), ("k", CaptureTaps.Keys), ("logits", CaptureTaps.Logits),
    ];

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary><c>--taps</c>.</summary>
    public static Option<TapSelection> Option() => new(Name)
    {
        Description = $"What to keep, of {string.Join(", ", Names.Select(name => name.Name).Append(FinalNormName))}; scores and logits are the last token's",
        HelpName = "LIST",
        DefaultValueFactory = _ => Parse(Default)!,
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 0 ? Default : result.Tokens[0].Value;
            if (Parse(text) is { } selection) return selection;
            result.AddError($"{Name}: '{text}' is not a list of different taps out of {string.Join(", ", Names.Select(name => name.Name).Append(FinalNormName))}.");
            return null;
        },
    };

    private static TapSelection? Parse(string text)
    {
        var parts = text.Split(',');
        if (parts.Distinct().Count() < parts.Length) return null;
        var taps = CaptureTaps.None;
        foreach (var part in parts.Where(part => part != FinalNormName))
        {
            var found = Names.FirstOrDefault(name => name.Name == part);
            if (found.Name is null) return null;
            taps |= found.Tap;
        }
        return new TapSelection(text, taps, parts.Contains(FinalNormName));
    }
}
