using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Probe;

/// <summary>
/// Results whose bits show in which order, and so in how many lanes, they were summed: the terms differ in size so much that every order rounds
/// differently.
/// </summary>
internal static class Fingerprint
{
    /// <summary>A linear layer, whose sums are of products alone.</summary>
    public static string Linear()
    {
        using var x = new TestMatrix<float>(3, 200).Fill(Term);
        using var w = new TestWeight(ElementType.F32, 5, 200).FillNormal(2);
        using var y = new TestMatrix<float>(3, 5);
        LinearForward.Run(Pools.Two, x.View, w.View, y.View);
        return Bits(y.Values);
    }

    /// <summary>A norm, whose sum is of squares.</summary>
    public static string Norm()
    {
        using var x = new TestMatrix<float>(40, 200).FillNormal(3);
        using var w = new TestWeight(ElementType.F32, 1, 200).FillNormal(4);
        using var y = new TestMatrix<float>(40, 200);
        RmsNorm.Forward(Pools.Two, x.View, w.View, 1e-5, y.View);
        return Bits(y.Values);
    }

    /// <summary>Attention, whose sum is of exponentials.</summary>
    public static string Attention()
    {
        using var forest = new Attention.Forest<float>(Tests.Attention.Forests.One(70), new HeadShape(2, 1, 24), 5).Forward();
        return Bits(forest.Output.Values);
    }

    private static double Term(int row, int column) => Philox.NormalAt(1, (ulong)row, (ulong)column) * Math.Pow(2, column * 7 % 23);

    private static string Bits(float[] values)
    {
        ulong hash = 14695981039346656037;
        foreach (float value in values) hash = (hash ^ BitConverter.SingleToUInt32Bits(value)) * 1099511628211;
        return hash.ToString("x16");
    }
}
