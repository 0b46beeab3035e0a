namespace Converge.Engine.Checkpoints;

/// <summary>Where a tensor lies in a safetensors file. Checked: the bytes are inside the file and as many as type and shape ask for.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Dtype">The element type as the format spells it: <c>F32</c>, <c>BF16</c>, <c>I64</c>, ...</param>
/// <param name="Shape">The sides, outermost first; empty for a scalar.</param>
/// <param name="Offset">The first byte, from the start of the file.</param>
/// <param name="Length">The number of bytes.</param>
public sealed record TensorEntry(string Name, string Dtype, long[] Shape, long Offset, long Length)
{
    /// <summary>The number of elements.</summary>
    public long Elements => Shape.Aggregate(1L, (product, side) => product * side);
}
