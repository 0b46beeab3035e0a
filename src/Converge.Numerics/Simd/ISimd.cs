namespace Converge.Numerics;

/// <summary>
/// What kernels need of a vector of floats, so that one text serves every width. Instances are never made: kernels take the type as a
/// parameter and the compiler makes a copy of the kernel for each.
/// </summary>
/// <typeparam name="TVector">The hardware vector.</typeparam>
internal unsafe interface ISimd<TVector> where TVector : struct
{
    /// <summary>The number of floats in a vector.</summary>
    static abstract int Width { get; }

    static abstract TVector Zero { get; }

    static abstract TVector Load(float* source);

    /// <summary>The first <paramref name="count"/> floats, less than a vector, and zeros; reads nothing beyond them.</summary>
    static abstract TVector LoadPartial(float* source, int count);

    static abstract void Store(TVector value, float* target);

    static abstract void StorePartial(TVector value, float* target, int count);

    static abstract TVector Broadcast(float value);

    /// <summary>a * b + c, rounded once.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Divide(TVector a, TVector b);

    static abstract TVector SquareRoot(TVector a);

    static abstract TVector Max(TVector a, TVector b);

    /// <summary>The greater of each two lanes in one instruction. A NaN in <paramref name="b"/> stays; one in <paramref name="a"/> may be lost.</summary>
    static abstract TVector MaxNative(TVector a, TVector b);

    /// <summary>The smaller of each two lanes in one instruction. A NaN in <paramref name="b"/> stays; one in <paramref name="a"/> may be lost.</summary>
    static abstract TVector MinNative(TVector a, TVector b);

    /// <summary>a * 2^n, rounded once; the lanes of n are whole numbers from -252 to 254.</summary>
    static abstract TVector Scale(TVector a, TVector n);

    /// <summary>Of lanes that hold two bfloat16 numbers each, the ones in the upper halves, as float32.</summary>
    static abstract TVector UpperHalves(TVector a);

    /// <summary>Of lanes that hold two bfloat16 numbers each, the ones in the lower halves, as float32.</summary>
    static abstract TVector LowerHalves(TVector a);

    /// <summary>The sum of all lanes, in a fixed tree.</summary>
    static abstract float Sum(TVector a);

    /// <summary>Turns over a square of <see cref="Width"/> by Width floats: element (i, j) of the source becomes element (j, i) of the target. Strides in floats.</summary>
    static abstract void Transpose(float* source, nint sourceStride, float* target, nint targetStride);

    /// <summary>The greatest lane.</summary>
    static abstract float Greatest(TVector a);
}
