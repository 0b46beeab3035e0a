namespace Converge.Engine.Checkpoints;

/// <summary>A tensor of a checkpoint, for display.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dtype">Its element type, as the format spells it.</param>
/// <param name="Shape">Its sides, outermost first.</param>
/// <param name="Bytes">Its size in bytes.</param>
/// <param name="File">The name of the file that holds it.</param>
public sealed record TensorInfo(string Name, string Dtype, IReadOnlyList<long> Shape, long Bytes, string File);
