using Converge.Numerics.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Converge.Numerics.Tests.Linear;

/// <summary>An element of y is a function of its row of x and its row of W alone, bit for bit.</summary>
[Collection(SimdCollection.Name)]
public sealed class LinearInvarianceTests
{
    public static TheoryData<SimdPath, ElementType> Cases => ForcedPath.WithTypes();

    public static TheoryData<SimdPath> PathData => ForcedPath.Data;

    [Theory, MemberData(nameof(Cases))]
    public void The_number_of_rows_does_not_change_a_bit(SimdPath path, ElementType type)
    {
        using var forced = new ForcedPath(path);
        foreach (int k in new[] { 37, 1024, 1029 })
        {
            using var x = new TestMatrix<float>(132, k).FillNormal(1);
            using var w = new TestWeight(type, 13, k).FillNormal(2);
            using var all = new TestMatrix<float>(132, 13);
            LinearForward.Run(Pools.Two, x.View, w.View, all.View);
            foreach (int m in Enumerable.Range(1, 67).Concat([126, 127, 128, 129, 130, 131]))
            {
                using var some = new TestMatrix<float>(m, 13);
                int first = m % 2 == 0 ? 0 : 132 - m;
                LinearForward.Run(Pools.Two, x.View.RowRange(first, m), w.View, some.View);
                Same.Bits(all.Values.AsSpan(first * 13, m * 13), some.Values, $"{m} rows of length {k}:");
            }
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void Thousands_of_rows_are_cut_without_changing_a_bit(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        using var x = new TestMatrix<float>(4103, 19).FillNormal(3);
        using var w = new TestWeight(ElementType.BF16, 7, 19).FillNormal(4);
        using var single = new TestMatrix<float>(4103, 7);
        for (int row = 0; row < 4103; row++) LinearForward.Run(Pools.One, x.View.RowRange(row, 1), w.View, single.View.RowRange(row, 1));
        foreach (int m in new[] { 4095, 4096, 4097, 4099, 4103 })
        {
            using var many = new TestMatrix<float>(m, 7);
            LinearForward.Run(Pools.Two, x.View.RowRange(4103 - m, m), w.View, many.View);
            Same.Bits(single.Values.AsSpan((4103 - m) * 7), many.Values, $"{m} rows:");
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Any_shape_any_company_any_address_and_any_number_of_threads_give_the_same_bits(SimdPath path, ElementType type) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(40), Prop.ForAll<uint>(seed =>
        {
            using var forced = new ForcedPath(path);
            var random = new RandomStream(seed);
            int m = 1 + random.Next(150), n = 1 + random.Next(70), k = 1 + random.Next(random.Next(4) == 0 ? 2100 : 90);
            using var x = new TestMatrix<float>(m, k).FillNormal(seed);
            using var w = new TestWeight(type, n, k).FillNormal(seed + 1);
            using var start = new TestMatrix<float>(m, n).FillNormal(seed + 2);
            bool accumulate = random.Next(2) == 0;
            using var all = start.Copy();
            LinearForward.Run(Pools.One, x.View, w.View, all.View, accumulate);

            // A window of both, copied to other places, on other threads.
            int firstRow = random.Next(m), rows = 1 + random.Next(m - firstRow), firstColumn = random.Next(n), columns = 1 + random.Next(n - firstColumn);
            using var x2 = new TestMatrix<float>(rows, k, gap: random.Next(9), byteOffset: 4 * random.Next(16)).Fill((row, column) => x[firstRow + row, column]);
            using var w2 = new TestWeight(type, columns, k, TestWeight.Offsets(type)[^1]).Fill((row, column) => w[firstColumn + row, column]);
            using var y2 = new TestMatrix<float>(rows, columns, gap: random.Next(9)).Fill((row, column) => start[firstRow + row, firstColumn + column]);
            LinearForward.Run(random.Next(2) == 0 ? Pools.Two : Pools.Five, x2.View, w2.View, y2.View, accumulate);
            for (int row = 0; row < rows; row++)
                Same.Bits(all.View.Row(firstRow + row).Slice(firstColumn, columns), y2.View.Row(row), $"row {firstRow + row} of [{m}, {k}] x [{n}, {k}]^T:");
            y2.AssertUntouchedOutside();
        }));

    [Theory, MemberData(nameof(PathData))]
    public void Neighbours_that_are_not_finite_do_not_change_a_bit(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        using var x = new TestMatrix<float>(11, 35).FillNormal(5);
        using var w = new TestWeight(ElementType.F16, 14, 35).FillNormal(6);
        using var clean = new TestMatrix<float>(11, 14);
        LinearForward.Run(Pools.Two, x.View, w.View, clean.View);
        for (int row = 0; row < 11; row++)
        {
            using var spoilt = x.Copy();
            for (int other = 0; other < 11; other++)
                if (other != row) spoilt.View.Row(other).Fill(other % 2 == 0 ? float.NaN : float.PositiveInfinity);
            using var y = new TestMatrix<float>(11, 14);
            LinearForward.Run(Pools.Two, spoilt.View, w.View, y.View);
            Same.Bits(clean.RowValues(row), y.RowValues(row), $"row {row}:");
        }
    }
}
