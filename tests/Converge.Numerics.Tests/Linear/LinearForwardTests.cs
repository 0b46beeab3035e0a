using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Linear;

/// <summary>y = x W^T on every vector path, for every type of weight, at every kind of edge.</summary>
[Collection(SimdCollection.Name)]
public sealed class LinearForwardTests
{
    public static TheoryData<SimdPath, ElementType> Cases => ForcedPath.WithTypes();

    [Theory, MemberData(nameof(Cases))]
    public void Sums_of_whole_numbers_are_exact_and_nothing_beside_them_is_touched(SimdPath path, ElementType type)
    {
        using var forced = new ForcedPath(path);
        foreach (var (m, n, k) in Shapes())
        {
            foreach (int offset in TestWeight.Offsets(type))
            {
                bool accumulate = (m + n + k + offset) % 4 < 2;
                using var x = new TestMatrix<float>(m, k, gap: 3, byteOffset: 4).FillWhole(1);
                using var w = new TestWeight(type, n, k, offset).FillWhole(2);
                using var y = new TestMatrix<float>(m, n, gap: 5, byteOffset: 4);
                if (accumulate) y.FillWhole(3);
                double[] expected = [.. LinearReference.Forward(x, w).Select((sum, i) => accumulate ? sum + Whole.At(3, i / n, i % n) : sum)];

                LinearForward.Run(Pools.Two, x.View, w.View, y.View, accumulate);

                Same.Within(expected, y.Values, _ => 0, $"[{m}, {k}] x [{n}, {k}]^T, {offset} bytes off");
                y.AssertUntouchedOutside();
            }
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Real_numbers_are_within_rounding_of_double_precision(SimdPath path, ElementType type)
    {
        using var forced = new ForcedPath(path);
        foreach (var (m, n, k) in new[] { (5, 7, 1), (9, 8, 17), (6, 13, 129), (133, 6, 1030), (8, 7, 2049) })
        {
            using var x = new TestMatrix<float>(m, k).FillNormal(4);
            using var w = new TestWeight(type, n, k).FillNormal(5);
            using var y = new TestMatrix<float>(m, n);
            LinearForward.Run(Pools.Two, x.View, w.View, y.View);
            var magnitude = LinearReference.Magnitude(x, w);
            Same.Within(LinearReference.Forward(x, w), y.Values, i => (2 + 0.5 * Math.Sqrt(k)) * Rounding.Single * magnitude[i], $"[{m}, {k}] x [{n}, {k}]^T");
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Every_path_has_the_bits_of_chains_of_fused_operations_in_blocks(SimdPath path, ElementType type)
    {
        using var forced = new ForcedPath(path);
        foreach (var (m, n, k) in new[] { (1, 1, 1), (2, 3, 16), (13, 70, 191), (5, 33, 193), (7, 17, 577), (29, 40, 400) })
        {
            using var x = new TestMatrix<float>(m, k, gap: 3, byteOffset: 4).FillNormal(14);
            using var w = new TestWeight(type, n, k, TestWeight.Offsets(type)[^1]).FillNormal(15);
            using var y = new TestMatrix<float>(m, n, gap: 1, byteOffset: 4);
            LinearForward.Run(Pools.Two, x.View, w.View, y.View);
            Same.Bits(LinearReference.ForwardBits(x, w), y.Values, $"[{m}, {k}] x [{n}, {k}]^T");
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Products_that_are_subnormal_are_kept(SimdPath path, ElementType type)
    {
        using var forced = new ForcedPath(path);
        // 2^-12 is subnormal in no type, 2^-24 is the least float16; times 2^-120 the products are multiples of 2^-144, all subnormal in float32.
        using var x = new TestMatrix<float>(5, 33).Fill((row, column) => Math.ScaleB(1 + (row + column) % 3, -120));
        using var w = new TestWeight(type, 7, 33).Fill((row, column) => Math.ScaleB(1 + (row * column) % 3, -24));
        using var y = new TestMatrix<float>(5, 7);
        LinearForward.Run(Pools.One, x.View, w.View, y.View);
        Same.Within(LinearReference.Forward(x, w), y.Values, _ => 0);
        Assert.All(y.Values, value => Assert.True(float.IsSubnormal(value)));
    }

    [Theory, MemberData(nameof(Cases))]
    public void NaN_and_infinity_stay_in_their_row_of_x(SimdPath path, ElementType type)
    {
        using var forced = new ForcedPath(path);
        foreach (int k in new[] { 5, 37, 1030 })
        {
            foreach (int m in new[] { 3, 10, 14 })
            {
                using var x = new TestMatrix<float>(m, k).FillWhole(6);
                using var w = new TestWeight(type, 13, k).FillWhole(7);
                foreach (float special in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
                {
                    foreach (var (row, column) in new[] { (0, 0), (m / 2, k / 2), (m - 1, k - 1), (m - 1, 0), (0, k - 1) })
                    {
                        float before = x[row, column];
                        x[row, column] = special;
                        AssertEqualsReference(x, w, $"x[{row}, {column}] of [{m}, {k}] = {special}");
                        x[row, column] = before;
                    }
                }
            }
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void NaN_and_infinity_stay_in_their_row_of_the_weight(SimdPath path, ElementType type)
    {
        using var forced = new ForcedPath(path);
        foreach (int k in new[] { 5, 37, 1030 })
        {
            foreach (int n in new[] { 1, 6, 13 })
            {
                using var x = new TestMatrix<float>(9, k).FillWhole(8);
                using var w = new TestWeight(type, n, k).FillWhole(9);
                foreach (double special in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
                {
                    foreach (var (row, column) in new[] { (0, 0), (n / 2, k / 2), (n - 1, k - 1) })
                    {
                        double before = w[row, column];
                        w[row, column] = special;
                        AssertEqualsReference(x, w, $"W[{row}, {column}] of [{n}, {k}] = {special}");
                        w[row, column] = before;
                    }
                }
            }
        }
    }

    [Fact]
    public void Double_precision_is_exact_to_its_own_rounding()
    {
        foreach (var type in Enum.GetValues<ElementType>())
        {
            using var x = new TestMatrix<double>(7, 129, gap: 1).FillNormal(10);
            using var w = new TestWeight(type, 5, 129).FillNormal(11);
            using var y = new TestMatrix<double>(7, 5).Fill((_, _) => 1);
            LinearForward.Run(Pools.Two, x.View, w.View, y.View, accumulate: true);
            var magnitude = LinearReference.Magnitude(x, w);
            Same.Within([.. LinearReference.Forward(x, w).Select(sum => 1 + sum)], y.Values, i => 129 * Rounding.Double * (1 + magnitude[i]));
        }
    }

    [Fact]
    public void No_rows_are_no_work()
    {
        using var x = new TestMatrix<float>(0, 4);
        using var w = new TestWeight(ElementType.F32, 3, 4).FillWhole(1);
        using var y = new TestMatrix<float>(0, 3);
        LinearForward.Run(Pools.Two, x.View, w.View, y.View);
        y.AssertUntouchedOutside();
    }

    [Theory]
    [InlineData(2, 5, 3, 4, 2, 3)]
    [InlineData(2, 4, 3, 4, 2, 4)]
    [InlineData(2, 4, 3, 4, 3, 3)]
    public void Shapes_that_do_not_fit_are_refused(int xRows, int xColumns, int wRows, int wColumns, int yRows, int yColumns)
    {
        using var x = new TestMatrix<float>(xRows, xColumns);
        using var w = new TestWeight(ElementType.F32, wRows, wColumns);
        using var y = new TestMatrix<float>(yRows, yColumns);
        Assert.Throws<ArgumentException>(() => LinearForward.Run(Pools.One, x.View, w.View, y.View));
        y.AssertUntouchedOutside();
    }

    private static void AssertEqualsReference(TestMatrix<float> x, TestWeight w, string what)
    {
        using var y = new TestMatrix<float>(x.Rows, w.View.Rows);
        LinearForward.Run(Pools.Two, x.View, w.View, y.View);
        Same.Within(LinearReference.Forward(x, w), y.Values, _ => 0, what);
    }

    private static IEnumerable<(int M, int N, int K)> Shapes()
    {
        foreach (int k in Sizes.All) yield return (5, 7, k);
        foreach (int m in Sizes.Odd) yield return (m, 13, 33);
        foreach (int n in Sizes.Odd) yield return (6, n, 17);
        yield return (129, 7, 2049);
        yield return (12, 6, 1024);
        yield return (8, 12, 2048);
    }
}
