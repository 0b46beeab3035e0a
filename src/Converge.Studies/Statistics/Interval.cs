namespace Converge.Studies.Statistics;

/// <summary>A confidence interval.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
public readonly record struct Interval(double Low, double High)
{
    /// <summary>Whether the whole interval lies above <paramref name="value"/>.</summary>
    public bool IsAbove(double value) => Low > value;

    /// <summary>Whether the whole interval lies below <paramref name="value"/>.</summary>
    public bool IsBelow(double value) => High < value;
}
