using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Elementwise;

/// <summary>A row times a number, element by element.</summary>
public sealed class RowScaleTests
{
    [Fact]
    public void Every_element_is_multiplied_once_and_no_other()
    {
        foreach (int n in Sizes.Odd)
        {
            using var row = new TestMatrix<float>(1, n, byteOffset: 4).FillNormal(1);
            row[0, n / 2] = float.NaN;
            float[] expected = [.. row.Values.Select(value => value * 0.3f)];
            row.View.Row(0).MultiplyBy(0.3f);
            Same.Bits(expected, row.Values, $"{n} elements:");
            row.AssertUntouchedOutside();
        }
    }
}
