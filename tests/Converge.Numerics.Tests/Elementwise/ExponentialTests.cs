using System.Runtime.Intrinsics;
using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Elementwise;

/// <summary>The exponential in every width of vector against double precision.</summary>
public sealed class ExponentialTests
{
    public static TheoryData<SimdPath> PathData => [.. ForcedPath.All.Where(path => path != SimdPath.Scalar)];

    /// <summary>Every 2039th of all floats, in order of their bits, and the neighbourhoods of the places where something ends.</summary>
    private static float[] Sample { get; } =
    [
        .. Enumerable.Range(0, (int)((1L << 32) / 2039)).Select(i => BitConverter.UInt32BitsToSingle((uint)i * 2039)),
        .. new[] { 0, 0.34657359f, 0.69314718f, 87.33654f, 88.02969f, 88.722839f, 89, 103.27893f, 103.97208f, 104 }.SelectMany(edge =>
            Enumerable.Range(-40, 81).SelectMany(step => new[] { MathF.CopySign(Beside(edge, step), 1), -Beside(edge, step) })),
    ];

    [Theory, MemberData(nameof(PathData))]
    public void All_floats_are_within_one_unit_in_the_last_place(SimdPath path)
    {
        var actual = Exp(path, Sample);
        double worst = 0;
        for (int i = 0; i < Sample.Length; i++)
        {
            double expected = Math.Exp(Sample[i]);
            if (double.IsNaN(expected) || (float)expected is 0 or float.PositiveInfinity) Same.Bits([(float)expected], [actual[i]], $"exp({Sample[i]:R}):");
            else
            {
                double units = Math.Abs(actual[i] - expected) / Unit(expected);
                if (!(units < 1)) Assert.Fail($"exp({Sample[i]:R}) = {actual[i]:R}, {units:F3} units from {expected:R}");
                worst = Math.Max(worst, units);
            }
        }
        // A bound that holds because nothing was compared would hold here too.
        Assert.InRange(worst, 0.5, 1);
    }

    [Theory, MemberData(nameof(PathData))]
    public void Every_width_gives_the_same_bits(SimdPath path) => Same.Bits(Exp(SimdPath.Vector128, Sample), Exp(path, Sample));

    [Theory, MemberData(nameof(PathData))]
    public void Special_numbers_are_exact(SimdPath path)
    {
        float[] special = [0, -0f, float.NegativeInfinity, float.MinValue, float.PositiveInfinity, float.MaxValue, float.NaN, float.Epsilon, -1e-30f];
        Same.Bits([1, 1, 0, 0, float.PositiveInfinity, float.PositiveInfinity, float.NaN, 1, 1], Exp(path, special));
    }

    private static float Beside(float value, int steps) => value == 0 ? steps * float.Epsilon : BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) + steps);

    // The distance between neighbouring floats at this size; subnormal floats are all equally far apart.
    private static double Unit(double value) => Math.ScaleB(1, Math.Max(Math.ILogB(value), -126) - 23);

    private static float[] Exp(SimdPath path, float[] values) => path switch
    {
        SimdPath.Avx512 => Exp<Vector512<float>, Simd512>(values),
        SimdPath.Avx2 => Exp<Vector256<float>, Simd256>(values),
        _ => Exp<Vector128<float>, Simd128>(values),
    };

    private static unsafe float[] Exp<TVector, TSimd>(float[] values)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        float[] results = new float[(values.Length + TSimd.Width - 1) / TSimd.Width * TSimd.Width], padded = [.. values, .. new float[results.Length - values.Length]];
        fixed (float* source = padded, target = results)
            for (int i = 0; i < results.Length; i += TSimd.Width) TSimd.Store(Exponential<TVector, TSimd>.Of(TSimd.Load(source + i)), target + i);
        return results[..values.Length];
    }
}
