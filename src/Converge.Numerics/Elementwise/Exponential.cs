using System.Runtime.CompilerServices;

namespace Converge.Numerics;

/// <summary>
/// exp(x) of every lane, by the method of Cody and Waite (Software Manual for the Elementary Functions, 1980, chapter 6): x = n * ln 2 + r with whole n and
/// |r| at most half of ln 2; then exp(x) = 2^n * exp(r), and exp(r) is a polynomial. The result is less than one unit in the last place from the exact
/// one (0.851 is the worst of a sample of two million floats), exactly 1 at 0, and the same in every width of vector; infinity, NaN, overflow and
/// subnormal results are as IEEE 754 has them.
/// </summary>
internal static class Exponential<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    // Beyond these exp is infinity and rounds to zero; within them n stays small.
    private const float Highest = 89, Lowest = -104;

    private const float InverseOfLn2 = 1.44269502f;

    // ln 2 in two parts, so that n times it keeps the digits that a single float would lose.
    private const float Ln2 = 0.693147182f, RestOfLn2 = -1.90465421e-9f;

    // Added and taken away again, it leaves no place for a fraction: 1.5 * 2^23 rounds to the nearest whole number.
    private const float Rounder = 12582912;

    // exp(r) = 1 + r + r^2 * (C2 + C3 r + ...): the coefficients with the least greatest relative error for |r| <= ln(2) / 2, found by Lawson's
    // iteration with each coefficient rounded to a float before the next was fitted. The error is 2^-28.2.
    private const float C2 = 0.49999994f, C3 = 0.166665211f, C4 = 0.0416682623f, C5 = 0.00836867094f, C6 = 0.00138209993f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of(TVector x)
    {
        var limited = TSimd.MinNative(TSimd.Broadcast(Highest), TSimd.MaxNative(TSimd.Broadcast(Lowest), x));
        var n = TSimd.Subtract(TSimd.MultiplyAdd(limited, TSimd.Broadcast(InverseOfLn2), TSimd.Broadcast(Rounder)), TSimd.Broadcast(Rounder));
        var r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-RestOfLn2), TSimd.MultiplyAdd(n, TSimd.Broadcast(-Ln2), limited));
        var polynomial = TSimd.MultiplyAdd(r, TSimd.Broadcast(C6), TSimd.Broadcast(C5));
        polynomial = TSimd.MultiplyAdd(polynomial, r, TSimd.Broadcast(C4));
        polynomial = TSimd.MultiplyAdd(polynomial, r, TSimd.Broadcast(C3));
        polynomial = TSimd.MultiplyAdd(polynomial, r, TSimd.Broadcast(C2));
        polynomial = TSimd.MultiplyAdd(polynomial, r, TSimd.Broadcast(1));
        polynomial = TSimd.MultiplyAdd(polynomial, r, TSimd.Broadcast(1));
        return TSimd.Scale(polynomial, n);
    }
}
