using Converge.Numerics;
using Converge.Studies.Metrics;

namespace Converge.Tests.Metrics;

/// <summary>Small matrices of states.</summary>
internal static class Rows
{
    public static StateMatrix Of(params double[][] rows) => new(rows.Length, rows[0].Length, [.. rows.SelectMany(row => row)]);

    /// <summary>Standard normal states.</summary>
    public static StateMatrix Normal(int rows, int width, ulong seed) => new(rows, width, [.. Enumerable.Range(0, rows * width).Select(i => Philox.NormalAt(seed, 7, (ulong)i))]);
}
