namespace Converge.Numerics.Tests.Support;

/// <summary>Comparisons of rows of numbers.</summary>
internal static class Same
{
    /// <summary>The same bits: -0 is not +0. NaN equals NaN, whatever its payload, which IEEE 754 leaves open.</summary>
    public static void Bits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what = "")
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i])) continue;
            if (!(float.IsNaN(expected[i]) && float.IsNaN(actual[i]))) Assert.Fail($"{what} element {i} of {expected.Length}: expected {expected[i]:R}, is {actual[i]:R}");
        }
    }

    /// <summary>
    /// Finite where expected to be, within <paramref name="tolerance"/>(i) of it; the same infinity or NaN where not.
    /// </summary>
    public static void Within(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, Func<int, double> tolerance, string what = "")
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool equal = double.IsFinite(expected[i]) ? Math.Abs(expected[i] - actual[i]) <= tolerance(i) : expected[i].Equals(actual[i]);
            if (!equal) Assert.Fail($"{what} element {i} of {expected.Length}: expected {expected[i]:R} within {tolerance(i):R}, is {actual[i]:R}");
        }
    }

    /// <inheritdoc cref="Within(ReadOnlySpan{double}, ReadOnlySpan{double}, Func{int, double}, string)"/>
    public static void Within(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, Func<int, double> tolerance, string what = "")
    {
        var wide = new double[actual.Length];
        for (int i = 0; i < wide.Length; i++) wide[i] = actual[i];
        Within(expected, wide, tolerance, what);
    }
}
