using System.Numerics;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Tuning;

/// <summary>All weights of a model in memory, in the arithmetic of a pass; also holds their gradients and moments, which have the same shapes.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class ModelParameters<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Dictionary<string, Matrix<T>> _matrices = new(StringComparer.Ordinal);
    private readonly HashSet<string> _vectors;

    /// <summary>Zeros of the shapes that a configuration asks for.</summary>
    public ModelParameters(ModelConfig config)
    {
        var tensors = LlamaTensors.Of(config).ToList();
        foreach (var tensor in tensors) _matrices[tensor.Name] = new Matrix<T>(tensor.Rows, tensor.Columns);
        Names = [.. tensors.Select(tensor => tensor.Name)];
        _vectors = [.. tensors.Where(tensor => tensor.IsVector).Select(tensor => tensor.Name)];
        Matrices = [.. Names.Select(name => _matrices[name])];
        Weights = LlamaTensors.Assemble(config, (name, _, _) => _matrices[name].AsWeight());
    }

    /// <summary>The names of the tensors, in the order of the computation.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The matrices, in the order of <see cref="Names"/>.</summary>
    public Matrix<T>[] Matrices { get; }

    /// <summary>Views of the matrices as a model's weights.</summary>
    public LlamaWeights Weights { get; }

    /// <summary>The matrix of a tensor.</summary>
    public Matrix<T> this[string name] => _matrices[name];

    /// <summary>Whether a tensor is a norm's weight or a bias.</summary>
    public bool IsVector(string name) => _vectors.Contains(name);

    /// <summary>Whether a tensor is a linear layer's weight in a block.</summary>
    public bool IsBlockMatrix(string name) => !IsVector(name) && name is not LlamaTensors.Embedding and not LlamaTensors.Head;

    /// <summary>A copy of a model's weights, widened.</summary>
    public static unsafe ModelParameters<T> CopyOf(ModelConfig config, LlamaWeights weights)
    {
        var copy = new ModelParameters<T>(config);
        foreach (var tensor in LlamaTensors.Of(config))
            for (int row = 0; row < tensor.Rows; row++) Widen.Row(tensor.In(weights), row, 0, tensor.Columns, copy[tensor.Name].View.RowPointer(row));
        return copy;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in _matrices.Values) matrix.Dispose();
    }
}
