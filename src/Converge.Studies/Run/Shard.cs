using System.Globalization;
using Converge.Engine;

namespace Converge.Studies.Run;

/// <summary>Which part of a study's units a process computes: those at positions Index - 1, Index - 1 + Count, ... of the plan.</summary>
/// <param name="Index">From 1.</param>
/// <param name="Count">The number of shards.</param>
public sealed record Shard(int Index, int Count)
{
    /// <summary>All units.</summary>
    public static Shard Whole { get; } = new(1, 1);

    /// <summary>Reads <c>i/n</c>.</summary>
    /// <exception cref="BadInputException">It is not of that form, or i is not from 1 to n.</exception>
    public static Shard Parse(string text)
    {
        var parts = text.Split('/');
        if (parts.Length == 2 && Number(parts[0]) is { } index && Number(parts[1]) is { } count && index >= 1 && index <= count) return new Shard(index, count);
        throw new BadInputException("--shard", $"'{text}' is not a shard", "Write i/n with i from 1 to n, for example 1/3");
    }

    /// <summary>The units of this shard.</summary>
    public IEnumerable<T> Of<T>(IEnumerable<T> units) => units.Where((_, position) => position % Count == Index - 1);

    /// <inheritdoc/>
    public override string ToString() => $"{Index}/{Count}";

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
