using System.Numerics;

namespace Converge.Numerics;

/// <summary>The sum of two rows.</summary>
public static class RowSum
{
    /// <summary>target[i] += source[i].</summary>
    public static void AddTo<T>(this Span<T> source, Span<T> target) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (source.Length != target.Length) throw new ArgumentException($"{source.Length} elements do not fit {target.Length}", nameof(source));
        int i = 0;
        for (; i + Vector<T>.Count <= source.Length; i += Vector<T>.Count) (new Vector<T>(target[i..]) + new Vector<T>(source[i..])).CopyTo(target[i..]);
        for (; i < source.Length; i++) target[i] += source[i];
    }
}
