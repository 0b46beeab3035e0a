using System.Numerics;
using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Elementwise;

/// <summary>Rotary position embedding: every pair (i, i + d/2) turns as a complex number does.</summary>
[Collection(SimdCollection.Name)]
public sealed class RotaryTests
{
    public static TheoryData<SimdPath> PathData => ForcedPath.Data;

    [Fact]
    public void Position_zero_is_the_identity()
    {
        using var rotary = new Rotary<float>([1, 0.1], 1);
        using var x = new TestMatrix<float>(3, 12).FillNormal(1);
        var before = x.Values;
        rotary.Rotate(Pools.Two, x.View, [0, 0, 0]);
        Same.Bits(before, x.Values);
    }

    [Fact]
    public void A_quarter_turn_by_hand()
    {
        using var rotary = new Rotary<double>([Math.PI / 2, Math.PI], 2);
        using var x = new TestMatrix<double>(1, 4).Fill((_, i) => i + 1);
        rotary.Rotate(Pools.One, x.View, [1]);
        // (1, 3) by 90 degrees is (-3, 1); (2, 4) by 180 degrees is (-2, -4).
        Same.Within([-3, -2, 1, -4], x.Values, _ => 1e-14);
    }

    [Theory, MemberData(nameof(PathData))]
    public void Every_head_turns_as_complex_numbers_do_and_back(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        foreach (int half in new[] { 1, 2, 3, 4, 8, 16, 20, 32, 33 })
        {
            double[] frequencies = [.. Enumerable.Range(0, half).Select(i => Math.Pow(1e4, -(double)i / half))];
            int[] positions = [.. Enumerable.Range(0, 40).Select(row => row * 7919 % 500)];
            using var single = new Rotary<float>(frequencies, 500);
            using var wide = new Rotary<double>(frequencies, 500);
            using var x = new TestMatrix<float>(40, 3 * 2 * half, gap: 3, byteOffset: 4).FillNormal(2);
            using var x64 = x.Widened();
            var before = x.Widened();
            var expected = new double[40 * 6 * half];
            for (int i = 0; i < expected.Length; i++)
            {
                int row = i / (6 * half), column = i % (6 * half), head = column / (2 * half), d = column % (2 * half), pair = d % half;
                var turned = new Complex(before[row, head * 2 * half + pair], before[row, head * 2 * half + pair + half]) * Complex.FromPolarCoordinates(1, positions[row] * frequencies[pair]);
                expected[i] = d < half ? turned.Real : turned.Imaginary;
            }
            single.Rotate(Pools.Two, x.View, positions);
            wide.Rotate(Pools.Two, x64.View, positions);
            Same.Within(expected, x.Values, _ => 1e-6, $"width {2 * half}");
            Same.Within(expected, x64.Values, _ => 1e-13, $"width {2 * half}");
            x.AssertUntouchedOutside();
            wide.RotateBack(Pools.Two, x64.View, positions);
            Same.Within(before.Values, x64.Values, _ => 1e-14, $"width {2 * half}, back");
            before.Dispose();
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void Every_path_rows_and_threads_give_the_bits_of_the_reference(SimdPath path)
    {
        foreach (int half in new[] { 1, 4, 7, 8, 16, 20, 33, 64 })
        {
            int[] positions = [.. Enumerable.Range(0, 300).Select(row => row * 31 % 97)];
            using var rotary = new Rotary<float>([.. Enumerable.Range(0, half).Select(i => Math.Pow(1e4, -(double)i / half))], 97);
            using var x = new TestMatrix<float>(300, 2 * 2 * half, gap: 1, byteOffset: 4).FillNormal(6);
            x[7, half] = float.PositiveInfinity;
            x[9, 0] = float.NaN;
            using var expected = x.Copy();
            using (new ForcedPath(SimdPath.Scalar)) rotary.RotateBack(Pools.One, expected.View, positions);
            using var forced = new ForcedPath(path);
            using var all = x.Copy();
            rotary.RotateBack(Pools.Five, all.View, positions);
            Same.Bits(expected.Values, all.Values, $"pairs {half}:");
            for (int row = 0; row < 300; row += 13) rotary.RotateBack(Pools.One, x.View.RowRange(row, 1), [positions[row]]);
            for (int row = 0; row < 300; row += 13) Same.Bits(expected.RowValues(row), x.RowValues(row), $"pairs {half}, row {row}:");
        }
    }

    [Fact]
    public void Products_of_turned_vectors_depend_on_the_distance_alone()
    {
        using var rotary = new Rotary<double>([1, 0.2, 0.03], 100);
        using var q = new TestMatrix<double>(1, 6).FillNormal(3);
        using var k = new TestMatrix<double>(1, 6).FillNormal(4);
        double Score(int m, int n)
        {
            using var turnedQ = q.Copy();
            using var turnedK = k.Copy();
            rotary.Rotate(Pools.One, turnedQ.View, [m]);
            rotary.Rotate(Pools.One, turnedK.View, [n]);
            return turnedQ.Values.Zip(turnedK.Values, (a, b) => a * b).Sum();
        }

        Assert.Equal(Score(5, 2), Score(93, 90), 1e-12);
        Assert.NotEqual(Score(5, 2), Score(2, 5), 1e-3);
    }

    [Fact]
    public void Norms_stay_and_NaN_stays_in_its_pair()
    {
        using var rotary = new Rotary<float>([1, 0.1, 0.01], 50);
        using var x = new TestMatrix<float>(2, 12).FillNormal(5);
        using var turned = x.Copy();
        rotary.Rotate(Pools.One, turned.View, [49, 17]);
        for (int row = 0; row < 2; row++) Assert.Equal(x.RowValues(row).Sum(value => value * value), turned.RowValues(row).Sum(value => value * value), 1e-5f);

        x[1, 7] = float.NaN;
        rotary.Rotate(Pools.One, x.View, [49, 17]);
        var expected = turned.Values;
        expected[12 + 7] = expected[12 + 10] = float.NaN;
        Same.Bits(expected, x.Values);
    }

    [Fact]
    public void Angles_at_far_positions_are_not_rounded_to_single_precision()
    {
        using var rotary = new Rotary<float>([1], 100_001);
        using var x = new TestMatrix<float>(1, 2).Fill((_, i) => 1 - i);
        rotary.Rotate(Pools.One, x.View, [100_000]);
        Same.Within([Math.Cos(1e5), Math.Sin(1e5)], x.Values, _ => 1e-7);
    }
}
