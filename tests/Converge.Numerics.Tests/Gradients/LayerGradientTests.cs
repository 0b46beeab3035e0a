using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Gradients;

/// <summary>Every hand-written gradient is that of its forward pass.</summary>
public sealed class LayerGradientTests
{
    [Fact]
    public void Linear()
    {
        using var x = new TestMatrix<double>(3, 5).FillNormal(1);
        using var w = new TestMatrix<double>(4, 5).FillNormal(2);
        using var y = new TestMatrix<double>(3, 4);
        using var dy = new TestMatrix<double>(3, 4).FillNormal(3);
        using var dx = Zeros(3, 5);
        using var dw = Zeros(4, 5);
        LinearBackwardInput.Run(Pools.Two, dy.View, Weight(w), dx.View);
        LinearBackwardWeight.Run(Pools.Two, dy.View, x.View, dw.View);
        double Loss()
        {
            LinearForward.Run(Pools.One, x.View, Weight(w), y.View);
            return Differences.Dot(y, dy);
        }

        Differences.AssertGradient("dx", x, dx, Loss);
        Differences.AssertGradient("dW", w, dw, Loss);
    }

    [Fact]
    public void Bias()
    {
        using var bias = new TestMatrix<double>(1, 5).FillNormal(1);
        using var y = new TestMatrix<double>(7, 5);
        using var dy = new TestMatrix<double>(7, 5).FillNormal(2);
        using var dBias = Zeros(1, 5);
        RowBias.Backward(dy.View, dBias.View);
        Differences.AssertGradient("dBias", bias, dBias, () =>
        {
            y.Fill((_, _) => 1);
            RowBias.Add(Pools.One, y.View, Weight(bias));
            return Differences.Dot(y, dy);
        });
    }

    [Fact]
    public void Root_mean_square_norm()
    {
        // The last row is small, so that epsilon takes part.
        using var x = new TestMatrix<double>(4, 7).Fill((row, column) => (row == 3 ? 0.05 : 1) * Philox.NormalAt(1, (ulong)row, (ulong)column));
        using var w = new TestMatrix<double>(1, 7).FillNormal(2);
        using var y = new TestMatrix<double>(4, 7);
        using var dy = new TestMatrix<double>(4, 7).FillNormal(3);
        using var dx = Zeros(4, 7);
        using var dw = Zeros(1, 7);
        RmsNorm.Backward(Pools.Two, x.View, Weight(w), 0.1, dy.View, dx.View, dw.View);
        double Loss()
        {
            RmsNorm.Forward(Pools.One, x.View, Weight(w), 0.1, y.View);
            return Differences.Dot(y, dy);
        }

        Differences.AssertGradient("dx", x, dx, Loss);
        Differences.AssertGradient("dw", w, dw, Loss);
    }

    [Fact]
    public void Gated_unit()
    {
        using var gate = new TestMatrix<double>(3, 6).FillNormal(1, deviation: 3);
        using var up = new TestMatrix<double>(3, 6).FillNormal(2);
        using var output = new TestMatrix<double>(3, 6);
        using var dOutput = new TestMatrix<double>(3, 6).FillNormal(3);
        using var dGate = new TestMatrix<double>(3, 6);
        using var dUp = new TestMatrix<double>(3, 6);
        SwiGlu.Backward(Pools.Two, gate.View, up.View, dOutput.View, dGate.View, dUp.View);
        double Loss()
        {
            SwiGlu.Forward(Pools.One, gate.View, up.View, output.View);
            return Differences.Dot(output, dOutput);
        }

        Differences.AssertGradient("dGate", gate, dGate, Loss);
        Differences.AssertGradient("dUp", up, dUp, Loss);
    }

    [Fact]
    public void Rotary_position()
    {
        int[] positions = [0, 3, 11];
        using var rotary = new Rotary<double>([1, 0.3, 0.01], 12);
        using var x = new TestMatrix<double>(3, 12).FillNormal(1);
        using var dy = new TestMatrix<double>(3, 12).FillNormal(2);
        using var dx = dy.Copy();
        rotary.RotateBack(Pools.Two, dx.View, positions);
        Differences.AssertGradient("dx", x, dx, () =>
        {
            using var y = x.Copy();
            rotary.Rotate(Pools.One, y.View, positions);
            return Differences.Dot(y, dy);
        });
    }

    [Fact]
    public void Cross_entropy()
    {
        int[] targets = [2, 0, 6];
        double[] factors = [0.5, 1, -0.25];
        using var logits = new TestMatrix<double>(3, 7).FillNormal(1, deviation: 2);
        using var gradient = logits.Copy();
        CrossEntropy.Backward(Pools.Two, gradient.View, targets, factors, new double[3]);
        Differences.AssertGradient("dLogits", logits, gradient, () =>
        {
            double[] results = ChunkedChances.Of(Pools.One, logits.View, targets, 4);
            return -results.Zip(factors, (result, factor) => result * factor).Sum();
        });
    }

    private static TestMatrix<double> Zeros(int rows, int columns) => new TestMatrix<double>(rows, columns).Fill((_, _) => 0);

    private static unsafe WeightView Weight(TestMatrix<double> matrix) => new(matrix.View.Data, ElementType.F64, matrix.Rows, matrix.Columns);
}
