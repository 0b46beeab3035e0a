using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Converge.Engine.Checkpoints;

namespace Converge.Cli.Tests.Running;

/// <summary>A <c>states.safetensors</c> that the executable wrote.</summary>
internal sealed class StatesResult
{
    private readonly Dictionary<string, (long[] Shape, float[] Values)> _tensors;

    public StatesResult(string folder)
    {
        using var file = SafetensorsFile.Open(Path.Combine(folder, "states.safetensors"));
        _tensors = file.Tensors.Values.ToDictionary(
            tensor => tensor.Name,
            tensor => (tensor.Shape, MemoryMarshal.Cast<byte, float>(file.Bytes(tensor.Name)).ToArray()));
        Assert.All(file.Tensors.Values, tensor => Assert.Equal("F32", tensor.Dtype));
    }

    /// <summary>The names of the tensors.</summary>
    public IEnumerable<string> Names => _tensors.Keys;

    /// <summary>The shape of a tensor.</summary>
    public long[] Shape(string name) => _tensors[name].Shape;

    /// <summary>The innermost row of a tensor at the leading indices.</summary>
    public float[] Row(string name, params int[] indices)
    {
        var (shape, values) = _tensors[name];
        Assert.Equal(shape.Length - 1, indices.Length);
        long row = 0;
        for (int i = 0; i < indices.Length; i++) row = row * shape[i] + indices[i];
        int width = (int)shape[^1];
        return values.AsSpan((int)row * width, width).ToArray();
    }

    /// <summary>The largest difference between a row and reference numbers, relative to the largest of these.</summary>
    public static double Difference(float[] row, JsonNode reference)
    {
        var expected = reference.AsArray().Select(value => (double)value!).ToArray();
        Assert.Equal(expected.Length, row.Length);
        return expected.Zip(row, (a, b) => Math.Abs(a - b)).Max() / expected.Max(Math.Abs);
    }
}
