using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>Rows of float32 as the operands of products: as they are, or rounded to bfloat16 and paired.</summary>
internal static unsafe class TermLines<TTerms> where TTerms : struct, ITerms
{
    /// <summary>Elements of a step.</summary>
    public static int PerStep => TTerms.ArePairs ? 2 : 1;

    /// <summary>Steps of so many elements.</summary>
    public static int Steps(int elements) => (elements + PerStep - 1) / PerStep;

    /// <summary>At most sixteen steps of a row of some elements, from a step on. A half of a pair that the row lacks is zero; what lies beyond the steps is left as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(float* row, int elements, int step, int steps, float* target)
    {
        int first = step * PerStep, count = Math.Min(elements - first, steps * PerStep);
        if (TTerms.ArePairs)
        {
            BFloat16.Pack(row + first, count, target);
            return;
        }
        int i = 0;
        for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count) Vector256.Load(row + first + i).Store(target + i);
        for (; i < count; i++) target[i] = row[first + i];
    }
}
