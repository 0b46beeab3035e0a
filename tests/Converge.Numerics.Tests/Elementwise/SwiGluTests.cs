using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Elementwise;

/// <summary>The gated unit on every vector path against double precision.</summary>
[Collection(SimdCollection.Name)]
public sealed class SwiGluTests
{
    private static readonly float[] s_notable =
    [
        0, -0f, 1, -1, 1e-3f, -1e-3f, 20, -20, 80, -80, 87, -87, 88, -88, 88.7f, -88.7f, 90, -90, 104, -104, 1e4f, -1e4f, 5e37f, -5e37f, 1e-40f, -1e-40f, float.Epsilon,
    ];

    public static TheoryData<SimdPath> PathData => ForcedPath.Data;

    [Theory, MemberData(nameof(PathData))]
    public void Every_width_is_within_rounding_of_double_precision(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        foreach (int n in Sizes.All)
        {
            using var gate = new TestMatrix<float>(17, n, gap: 1, byteOffset: 4).FillNormal((ulong)n, deviation: 4);
            using var up = new TestMatrix<float>(17, n, gap: 2).FillNormal(2);
            using var output = new TestMatrix<float>(17, n, gap: 3, byteOffset: 4);
            SwiGlu.Forward(Pools.Two, gate.View, up.View, output.View);
            AssertForward(gate, up, output, $"[17, {n}]");
            output.AssertUntouchedOutside();
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void Notable_gates_are_within_rounding_of_double_precision_at_every_place_of_a_vector(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        for (int shift = 0; shift < s_notable.Length; shift++)
        {
            using var gate = new TestMatrix<float>(1, s_notable.Length).Fill((_, i) => s_notable[(i + shift) % s_notable.Length]);
            using var up = new TestMatrix<float>(1, s_notable.Length).Fill((_, i) => i % 2 == 0 ? 1 : -0.75);
            using var output = new TestMatrix<float>(1, s_notable.Length);
            SwiGlu.Forward(Pools.One, gate.View, up.View, output.View);
            AssertForward(gate, up, output, $"shifted by {shift}");
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void NaN_and_infinity_reach_one_element_alone(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        using var gate = new TestMatrix<float>(2, 37).FillNormal(1);
        using var up = new TestMatrix<float>(2, 37).FillNormal(2);
        using var clean = new TestMatrix<float>(2, 37);
        SwiGlu.Forward(Pools.One, gate.View, up.View, clean.View);
        foreach (var (special, ofGate, ofUp) in new[] { (float.NaN, float.NaN, float.NaN), (float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity) })
        {
            for (int i = 0; i < 37; i++)
            {
                using var spoilt = gate.Copy();
                using var output = new TestMatrix<float>(2, 37);
                spoilt[1, i] = special;
                SwiGlu.Forward(Pools.One, spoilt.View, up.View, output.View);
                var expected = clean.Values;
                expected[37 + i] = ofGate * up[1, i];
                Same.Bits(expected, output.Values, $"gate {i} = {special}:");

                using var spoiltUp = up.Copy();
                spoiltUp[1, i] = special;
                SwiGlu.Forward(Pools.One, gate.View, spoiltUp.View, output.View);
                expected[37 + i] = ofUp * gate[1, i];
                Same.Bits(expected, output.Values, $"up {i} = {special}:");
            }
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void Rows_threads_and_writing_over_an_input_do_not_change_a_bit(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        using var gate = new TestMatrix<float>(40, 45).FillNormal(3, deviation: 2);
        using var up = new TestMatrix<float>(40, 45).FillNormal(4);
        using var all = new TestMatrix<float>(40, 45);
        SwiGlu.Forward(Pools.Five, gate.View, up.View, all.View);
        using var over = gate.Copy();
        SwiGlu.Forward(Pools.Two, over.View, up.View, over.View);
        Same.Bits(all.Values, over.Values);
        using var overUp = up.Copy();
        SwiGlu.Forward(Pools.Two, gate.View, overUp.View, overUp.View);
        Same.Bits(all.Values, overUp.Values);
        for (int row = 0; row < 40; row++)
        {
            using var one = new TestMatrix<float>(1, 45);
            SwiGlu.Forward(Pools.One, gate.View.RowRange(row, 1), up.View.RowRange(row, 1), one.View);
            Same.Bits(all.RowValues(row), one.Values, $"row {row}:");
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void Gradients_are_within_rounding_of_double_precision(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        foreach (int n in Sizes.Odd)
        {
            using var gate = new TestMatrix<float>(17, n, gap: 1, byteOffset: 4).Fill((row, i) => row == 0 ? s_notable[i % s_notable.Length] : 3 * Philox.NormalAt(5, (ulong)row, (ulong)i));
            using var up = new TestMatrix<float>(17, n).FillNormal(6);
            using var dOutput = new TestMatrix<float>(17, n).FillNormal(7);
            using var dGate = new TestMatrix<float>(17, n, gap: 2, byteOffset: 4);
            using var dUp = new TestMatrix<float>(17, n, gap: 1);
            SwiGlu.Backward(Pools.Two, gate.View, up.View, dOutput.View, dGate.View, dUp.View);
            var (toGate, toUp) = (new double[17 * n], new double[17 * n]);
            for (int i = 0; i < toGate.Length; i++)
            {
                double g = gate.Values[i], sigmoid = 1 / (1 + Math.Exp(-g)), upper = dOutput.Values[i];
                toGate[i] = upper * up.Values[i] * (sigmoid + g * sigmoid * (1 - sigmoid));
                toUp[i] = upper * g * sigmoid;
            }
            // 1 - sigmoid cancels for large gates, where it is multiplied by the gate.
            Same.Within(toGate, dGate.Values, i => 200 * Rounding.Single * (Math.Abs(toGate[i]) + 0.01), $"dGate of {n}");
            Same.Within(toUp, dUp.Values, i => 10 * Rounding.Single * Math.Abs(toUp[i]) + 1e-36, $"dUp of {n}");
            dGate.AssertUntouchedOutside();
            dUp.AssertUntouchedOutside();
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void The_gradient_of_a_closed_gate_is_zero_however_large_the_numbers(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        using var gate = new TestMatrix<float>(1, 35).Fill((_, i) => i % 2 == 0 ? -3e38 : -200);
        using var up = new TestMatrix<float>(1, 35).Fill((_, _) => 2);
        using var dOutput = new TestMatrix<float>(1, 35).Fill((_, _) => 3);
        using var dGate = new TestMatrix<float>(1, 35);
        using var dUp = new TestMatrix<float>(1, 35);
        SwiGlu.Backward(Pools.One, gate.View, up.View, dOutput.View, dGate.View, dUp.View);
        Same.Within(new double[35], dUp.Values, _ => 0);
        Same.Within(new double[35], dGate.Values, _ => 0);
    }

    [Theory, MemberData(nameof(PathData))]
    public void NaN_and_infinity_reach_the_gradients_of_one_element_alone(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        using var gate = new TestMatrix<float>(2, 37).FillNormal(1);
        using var up = new TestMatrix<float>(2, 37).FillNormal(2);
        using var dOutput = new TestMatrix<float>(2, 37).FillNormal(3);
        var (dGate, dUp) = Gradients(gate, up, dOutput);
        foreach (float special in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            for (int i = 0; i < 37; i++)
            {
                using var spoilt = dOutput.Copy();
                spoilt[1, i] = special;
                var (toGate, toUp) = Gradients(gate, up, spoilt);
                Assert.Equal(special * gate[1, i], toUp[37 + i]);
                Assert.False(float.IsFinite(toGate[37 + i]));
                (toGate[37 + i], toUp[37 + i]) = (dGate[37 + i], dUp[37 + i]);
                Same.Bits(dGate, toGate, $"dGate, {special} at {i}:");
                Same.Bits(dUp, toUp, $"dUp, {special} at {i}:");

                using var spoiltGate = gate.Copy();
                spoiltGate[1, i] = special;
                (toGate, toUp) = Gradients(spoiltGate, up, dOutput);
                Assert.Equal(special > 0 ? dOutput[1, i] * special : float.NaN, toUp[37 + i]);
                (toGate[37 + i], toUp[37 + i]) = (dGate[37 + i], dUp[37 + i]);
                Same.Bits(dGate, toGate, $"dGate, a gate of {special} at {i}:");
                Same.Bits(dUp, toUp, $"dUp, a gate of {special} at {i}:");
            }
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void Rows_threads_and_writing_over_an_input_do_not_change_a_bit_of_the_gradients(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        using var gate = new TestMatrix<float>(40, 45).FillNormal(3, deviation: 2);
        using var up = new TestMatrix<float>(40, 45).FillNormal(4);
        using var dOutput = new TestMatrix<float>(40, 45).FillNormal(5);
        var (dGate, dUp) = Gradients(gate, up, dOutput);
        using var overGate = gate.Copy();
        using var overUp = up.Copy();
        SwiGlu.Backward(Pools.Five, overGate.View, overUp.View, dOutput.View, overGate.View, overUp.View);
        Same.Bits(dGate, overGate.Values);
        Same.Bits(dUp, overUp.Values);
        for (int row = 0; row < 40; row++)
        {
            using var toGate = new TestMatrix<float>(1, 45);
            using var toUp = new TestMatrix<float>(1, 45);
            SwiGlu.Backward(Pools.One, gate.View.RowRange(row, 1), up.View.RowRange(row, 1), dOutput.View.RowRange(row, 1), toGate.View, toUp.View);
            Same.Bits(dGate.AsSpan(row * 45, 45), toGate.Values, $"row {row}:");
            Same.Bits(dUp.AsSpan(row * 45, 45), toUp.Values, $"row {row}:");
        }
    }

    private static (float[] ToGate, float[] ToUp) Gradients(TestMatrix<float> gate, TestMatrix<float> up, TestMatrix<float> dOutput)
    {
        using var dGate = new TestMatrix<float>(gate.Rows, gate.Columns);
        using var dUp = new TestMatrix<float>(gate.Rows, gate.Columns);
        SwiGlu.Backward(Pools.Two, gate.View, up.View, dOutput.View, dGate.View, dUp.View);
        return (dGate.Values, dUp.Values);
    }

    // Below exp(-88) the result passes through the subnormals to zero: there its absolute error counts.
    private static void AssertForward(TestMatrix<float> gate, TestMatrix<float> up, TestMatrix<float> output, string what)
    {
        double[] expected = [.. gate.Values.Zip(up.Values, (g, u) => g / (1 + Math.Exp(-(double)g)) * u)];
        Same.Within(expected, output.Values, i => 6 * Rounding.Single * Math.Abs(expected[i]) + 1e-36, what);
    }
}
