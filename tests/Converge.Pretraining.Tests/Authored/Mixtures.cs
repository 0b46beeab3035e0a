using Converge.Pretraining.Corpus;
using Converge.Pretraining.Recipes;

namespace Converge.Pretraining.Tests.Authored;

/// <summary>Mixtures for tests.</summary>
internal static class Mixtures
{
    /// <summary>Labels of every kind.</summary>
    public static IReadOnlyList<KeyValuePair<LabelKind, double>> AllLabels { get; } = [KeyValuePair.Create(LabelKind.Usual, 1.0), KeyValuePair.Create(LabelKind.Flipped, 1.0), KeyValuePair.Create(LabelKind.Random, 2.0)];

    /// <summary>Documents of these kinds, one as often as another.</summary>
    public static CorpusMixture Of(params IEnumerable<string> kinds) => new([.. kinds.Select(kind => KeyValuePair.Create(kind, 1.0))], AllLabels, 6, 0.5, 0.5);

    /// <summary>Documents of every kind.</summary>
    public static CorpusMixture All { get; } = Of(CorpusGenerator.Kinds);
}
