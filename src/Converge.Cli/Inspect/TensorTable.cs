using System.Text.RegularExpressions;
using Converge.Cli.Display;
using Converge.Engine.Checkpoints;

namespace Converge.Cli.Inspect;

/// <summary>The tensors of a file for people: those that every block has are one line.</summary>
internal static partial class TensorTable
{
    /// <summary>Lines <c>model.layers.*.mlp.up_proj.weight  F32  [96, 64]  24.0 KiB  x 4</c>.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<TensorInfo> tensors)
    {
        var groups = tensors
            .GroupBy(tensor => (Name: BlockNumber().Replace(tensor.Name, ".*."), tensor.Dtype, Shape: $"[{string.Join(", ", tensor.Shape)}]"))
            .ToList();
        int nameWidth = groups.Max(group => group.Key.Name.Length), shapeWidth = groups.Max(group => group.Key.Shape.Length);
        foreach (var group in groups)
        {
            var times = group.Count() > 1 ? $"  x {group.Count()}" : "";
            yield return $"{group.Key.Name.PadRight(nameWidth)}  {group.Key.Dtype,-4}  {group.Key.Shape.PadRight(shapeWidth)}  {Quantities.Bytes(group.First().Bytes),10}{times}";
        }
    }

    [GeneratedRegex(@"\.\d+\.")]
    private static partial Regex BlockNumber();
}
