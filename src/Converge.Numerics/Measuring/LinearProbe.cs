using System.Numerics;

namespace Converge.Numerics;

/// <summary>The three products of a linear layer.</summary>
public enum LinearKernel
{
    /// <summary><see cref="LinearForward"/>: y = x W^T.</summary>
    Forward,

    /// <summary><see cref="LinearBackwardInput"/>: dx += dy W.</summary>
    BackwardInput,

    /// <summary><see cref="LinearBackwardWeight"/>: dW += dy^T x.</summary>
    BackwardWeight,
}

/// <summary>One kernel of a linear layer with operands of its own, to be timed.</summary>
/// <typeparam name="T">The type of activations: float or double.</typeparam>
public sealed class LinearProbe<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly WorkPool _pool;
    private readonly LinearKernel _kernel;
    private readonly WeightRing _weights;
    private readonly Products _products;
    private readonly Matrix<T> _input;
    private readonly Matrix<T> _output;

    /// <summary>A probe of a layer of weights [<paramref name="outputs"/>, <paramref name="inputs"/>] on some tokens.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="kernel">The product.</param>
    /// <param name="weights">Gives the weights (or takes their gradients, which are of the type of activations); must outlive the probe.</param>
    /// <param name="tokens">Rows of x.</param>
    /// <param name="outputs">Rows of W.</param>
    /// <param name="inputs">Columns of W.</param>
    /// <param name="products">How the layer multiplies; gradients of weights always in the type of activations.</param>
    public LinearProbe(WorkPool pool, LinearKernel kernel, WeightRing weights, int tokens, int outputs, int inputs, Products products = Products.Exact)
    {
        (_pool, _kernel, _weights, _products) = (pool, kernel, weights, products);
        (_input, _output) = (ProbeMatrix.Normal<T>(tokens, inputs, 1), ProbeMatrix.Normal<T>(tokens, outputs, 2));
        Flops = 2.0 * tokens * outputs * inputs;
        WeightBytes = (long)outputs * inputs * weights.Type.Size();
    }

    /// <summary>Floating-point operations of one <see cref="Run"/>.</summary>
    public double Flops { get; }

    /// <summary>The size of the weights, in bytes: what comes from memory at least.</summary>
    public long WeightBytes { get; }

    /// <summary>Computes the product once, with the ring's next weights.</summary>
    public void Run()
    {
        var w = _weights.Next(_output.Columns, _input.Columns);
        if (_kernel == LinearKernel.Forward) LinearForward.Run(_pool, _input.View, w, _output.View, products: _products);
        else if (_kernel == LinearKernel.BackwardInput) LinearBackwardInput.Run(_pool, _output.View, w, _input.View, products: _products);
        else LinearBackwardWeight.Run(_pool, _output.View, _input.View, w.AsMatrix<T>());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
    }
}
