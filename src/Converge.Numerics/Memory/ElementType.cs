namespace Converge.Numerics;

/// <summary>The element types in which weights lie in memory or in a file.</summary>
public enum ElementType
{
    /// <summary>IEEE 754 binary32.</summary>
    F32,

    /// <summary>IEEE 754 binary16.</summary>
    F16,

    /// <summary>bfloat16: the upper half of a binary32.</summary>
    BF16,

    /// <summary>IEEE 754 binary64.</summary>
    F64,
}

/// <summary>Sizes of element types.</summary>
public static class ElementTypes
{
    /// <summary>The size of one element, in bytes.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.F64 => 8,
        ElementType.F32 => 4,
        _ => 2,
    };
}
