namespace Converge.Studies.Statistics;

/// <summary>The p-values of a test in its two directions.</summary>
/// <param name="Greater">How likely a value at least as great is if the true one is at most the hypothesis's.</param>
/// <param name="Less">How likely a value at least as small is if the true one is at least the hypothesis's.</param>
public readonly record struct PValues(double Greater, double Less)
{
    /// <summary>Twice the smaller of the two, at most 1.</summary>
    public double TwoSided => Math.Min(1, 2 * Math.Min(Greater, Less));
}
