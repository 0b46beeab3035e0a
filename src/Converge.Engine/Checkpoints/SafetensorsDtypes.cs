using Converge.Numerics;

namespace Converge.Engine.Checkpoints;

/// <summary>The element types of the safetensors format.</summary>
internal static class SafetensorsDtypes
{
    private static readonly Dictionary<string, int> Sizes = new()
    {
        ["BOOL"] = 1,
        ["U8"] = 1,
        ["I8"] = 1,
        ["F8_E4M3"] = 1,
        ["F8_E5M2"] = 1,
        ["U16"] = 2,
        ["I16"] = 2,
        ["F16"] = 2,
        ["BF16"] = 2,
        ["U32"] = 4,
        ["I32"] = 4,
        ["F32"] = 4,
        ["U64"] = 8,
        ["I64"] = 8,
        ["F64"] = 8,
    };

    /// <summary>The size of one element in bytes, or null if the type is not known.</summary>
    public static int? Size(string dtype) => Sizes.TryGetValue(dtype, out int size) ? size : null;

    /// <summary>The engine's type, or null if it does not compute with this one.</summary>
    public static ElementType? ElementType(string dtype) => dtype switch
    {
        "F32" => Numerics.ElementType.F32,
        "F16" => Numerics.ElementType.F16,
        "BF16" => Numerics.ElementType.BF16,
        "F64" => Numerics.ElementType.F64,
        _ => null,
    };

    /// <summary>The format's name of one of the engine's types.</summary>
    public static string Name(ElementType type) => type.ToString();
}
