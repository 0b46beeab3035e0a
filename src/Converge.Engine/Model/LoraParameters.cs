using System.Numerics;
using Converge.Engine.Tuning;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>The matrices of a LoRA adapter in the arithmetic of a pass; also holds its gradients and moments, which have the same shapes.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class LoraParameters<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Dictionary<(int Layer, LinearLayer Target), Pair> _pairs = [];
    private Matrix<T>[]? _matrices;

    private LoraParameters(LoraRecipe recipe) => Recipe = recipe;

    /// <summary>The adapter's hyper-parameters.</summary>
    public LoraRecipe Recipe { get; }

    /// <summary>All matrices in a fixed order: by layer, target, A before B.</summary>
    public Matrix<T>[] Matrices => _matrices ??= [.. _pairs.OrderBy(pair => pair.Key).SelectMany(pair => new[] { pair.Value.A, pair.Value.B })];

    /// <summary>The pair on a linear layer, or null.</summary>
    public Pair? this[int layer, LinearLayer target] => _pairs.GetValueOrDefault((layer, target));

    /// <summary>A copy of an adapter's values.</summary>
    public static LoraParameters<T> From(LoraAdapter adapter, ModelConfig config)
    {
        if (adapter.Blocks.Count != config.Layers) throw new ArgumentException($"the adapter has {adapter.Blocks.Count} blocks, the model {config.Layers}", nameof(adapter));
        var parameters = new LoraParameters<T>(adapter.Recipe);
        for (int layer = 0; layer < config.Layers; layer++)
            foreach (var (target, values) in adapter.Blocks[layer])
                parameters._pairs[(layer, target)] = new Pair(Copy(values.A, adapter.Recipe.Rank, target.Shape(config).In), Copy(values.B, target.Shape(config).Out, adapter.Recipe.Rank));
        return parameters;
    }

    /// <summary>Zeros of the same shapes.</summary>
    public LoraParameters<T> Zeros()
    {
        var zeros = new LoraParameters<T>(Recipe);
        foreach (var (key, pair) in _pairs) zeros._pairs[key] = new Pair(new Matrix<T>(pair.A.Rows, pair.A.Columns), new Matrix<T>(pair.B.Rows, pair.B.Columns));
        return zeros;
    }

    /// <summary>The values in float32.</summary>
    public LoraAdapter ToAdapter(int layers) => new(Recipe, [.. Enumerable.Range(0, layers).Select(layer =>
        (IReadOnlyDictionary<LinearLayer, LoraPair>)_pairs.Where(pair => pair.Key.Layer == layer).ToDictionary(pair => pair.Key.Target, pair => new LoraPair(Values(pair.Value.A), Values(pair.Value.B))))]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in Matrices) matrix.Dispose();
    }

    private static Matrix<T> Copy(float[] values, int rows, int columns)
    {
        if (values.Length != rows * columns) throw new ArgumentException($"{values.Length} values do not fit [{rows}, {columns}]");
        var matrix = new Matrix<T>(rows, columns);
        for (int i = 0; i < values.Length; i++) matrix.Span[i] = T.CreateTruncating(values[i]);
        return matrix;
    }

    private static float[] Values(Matrix<T> matrix)
    {
        var values = new float[matrix.Span.Length];
        for (int i = 0; i < values.Length; i++) values[i] = float.CreateTruncating(matrix.Span[i]);
        return values;
    }

    /// <summary>A [rank, in] and B [out, rank].</summary>
    internal sealed record Pair(Matrix<T> A, Matrix<T> B);
}
