using System.Runtime.Intrinsics;
using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Simd;

/// <summary>The operations of every width of vector, lane by lane.</summary>
public sealed class SimdOperationsTests
{
    [SkippableFact]
    public void Four_lanes() => Lanes<Vector128<float>, Simd128>.Check(SimdPath.Vector128);

    [SkippableFact]
    public void Eight_lanes() => Lanes<Vector256<float>, Simd256>.Check(SimdPath.Avx2);

    [SkippableFact]
    public void Sixteen_lanes() => Lanes<Vector512<float>, Simd512>.Check(SimdPath.Avx512);

    private static unsafe class Lanes<TVector, TSimd>
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        public static void Check(SimdPath path)
        {
            Skip.If(path > SimdPaths.Widest, $"this processor has no {path}");
            using var a = new TestMatrix<float>(1, TSimd.Width, byteOffset: 4).FillNormal(1);
            using var b = new TestMatrix<float>(1, TSimd.Width, byteOffset: 8).FillNormal(2);
            using var c = new TestMatrix<float>(1, TSimd.Width, byteOffset: 12).FillNormal(3);
            var (x, y, z) = (TSimd.Load(a.View.Data), TSimd.Load(b.View.Data), TSimd.Load(c.View.Data));
            Same(i => 0, TSimd.Zero);
            Same(i => 2.5f, TSimd.Broadcast(2.5f));
            Same(i => a[0, i] + b[0, i], TSimd.Add(x, y));
            Same(i => a[0, i] - b[0, i], TSimd.Subtract(x, y));
            Same(i => a[0, i] * b[0, i], TSimd.Multiply(x, y));
            Same(i => a[0, i] / b[0, i], TSimd.Divide(x, y));
            Same(i => MathF.Sqrt(a[0, i]), TSimd.SquareRoot(x));
            Same(i => MathF.Max(a[0, i], b[0, i]), TSimd.Max(x, y));
            Same(i => MathF.FusedMultiplyAdd(a[0, i], b[0, i], c[0, i]), TSimd.MultiplyAdd(x, y, z));
            NativeExtremes();
            Scaled();
            Parts();
            SumsAndGreatest();
            Transposed();
        }

        private static void Transposed()
        {
            int side = TSimd.Width;
            foreach (var (gap, targetGap) in new[] { (0, 0), (3, 1), (1, 16) })
            {
                using var square = new TestMatrix<float>(side, side, gap, byteOffset: 4).Fill((i, j) => 100 * i + j + 1);
                using var turned = new TestMatrix<float>(side, side, targetGap, byteOffset: 8);
                TSimd.Transpose(square.View.Data, side + gap, turned.View.Data, side + targetGap);
                for (int i = 0; i < side; i++)
                    for (int j = 0; j < side; j++) Assert.Equal(100 * j + i + 1, turned[i, j]);
                turned.AssertUntouchedOutside();
            }
        }

        private static void NativeExtremes()
        {
            using var a = new TestMatrix<float>(1, TSimd.Width).FillNormal(5);
            using var b = new TestMatrix<float>(1, TSimd.Width).Fill((_, i) => i % 3 == 1 ? double.NaN : i % 3 == 2 ? double.NegativeInfinity : 0.1);
            var (x, y) = (TSimd.Load(a.View.Data), TSimd.Load(b.View.Data));
            Same(i => MathF.Max(a[0, i], b[0, i]), TSimd.MaxNative(x, y));
            Same(i => MathF.Min(a[0, i], b[0, i]), TSimd.MinNative(x, y));
        }

        private static void Scaled()
        {
            foreach (float value in new[] { 1, -1.41421356f, 0.7071067f, float.NaN, 0 })
                for (int n = -252; n <= 254; n++) Same(_ => MathF.ScaleB(value, n), TSimd.Scale(TSimd.Broadcast(value), TSimd.Broadcast(n)));
        }

        private static void Parts()
        {
            for (int count = 0, width = TSimd.Width; count < width; count++)
            {
                // The source ends where the next row's NaN begins.
                using var source = new TestMatrix<float>(1, count, byteOffset: 4).FillNormal(4);
                var part = TSimd.LoadPartial(source.View.Data, count);
                Same(i => i < count ? source[0, i] : 0, part);
                using var target = new TestMatrix<float>(1, count, byteOffset: 4);
                TSimd.StorePartial(part, target.View.Data, count);
                Support.Same.Bits(source.Values, target.Values);
                target.AssertUntouchedOutside();
            }
        }

        private static void SumsAndGreatest()
        {
            for (ulong seed = 0; seed < 50; seed++)
            {
                // Of very different sizes, so that another order of addition gives other bits.
                using var rows = new TestMatrix<float>(8, TSimd.Width).Fill((row, i) => Philox.NormalAt(seed, (ulong)row, (ulong)i) * Math.Pow(2, i * 7 % 11));
                for (int row = 0; row < 8; row++)
                {
                    var vector = TSimd.Load(rows.View.RowPointer(row));
                    double exact = rows.RowValues(row).Sum(value => (double)value);
                    Assert.Equal(exact, TSimd.Sum(vector), 8 * Rounding.Single * rows.RowValues(row).Sum(value => Math.Abs((double)value)));
                    Assert.Equal(rows.RowValues(row).Max(), TSimd.Greatest(vector));
                }
            }
            for (int lane = 0, width = TSimd.Width; lane < width; lane++)
            {
                using var row = new TestMatrix<float>(1, TSimd.Width).Fill((_, i) => i == lane ? double.NaN : i);
                Assert.True(float.IsNaN(TSimd.Greatest(TSimd.Load(row.View.Data))));
                Assert.True(float.IsNaN(TSimd.Sum(TSimd.Load(row.View.Data))));
            }
        }

        private static float Lane(TVector vector, int lane)
        {
            float* lanes = stackalloc float[TSimd.Width];
            TSimd.Store(vector, lanes);
            return lanes[lane];
        }

        private static void Same(Func<int, float> expected, TVector actual) =>
            Support.Same.Bits([.. Enumerable.Range(0, TSimd.Width).Select(expected)], [.. Enumerable.Range(0, TSimd.Width).Select(i => Lane(actual, i))]);
    }
}
