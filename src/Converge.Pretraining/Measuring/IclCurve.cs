namespace Converge.Pretraining.Measuring;

/// <summary>How accuracy depends on the number of demonstrations.</summary>
/// <param name="Condition">What was measured.</param>
/// <param name="Points">One for each number of demonstrations.</param>
public sealed record IclCurve(IclCondition Condition, IReadOnlyList<IclPoint> Points);

/// <summary>Accuracy at one number of demonstrations.</summary>
/// <param name="Shots">Demonstrations.</param>
/// <param name="Right">Episodes whose right label had the greatest probability.</param>
/// <param name="Episodes">All episodes.</param>
public sealed record IclPoint(int Shots, int Right, int Episodes)
{
    /// <summary>The share of right answers.</summary>
    public double Accuracy => (double)Right / Episodes;

    /// <summary>The 95 % interval of Wilson (1927): episodes are independent.</summary>
    public (double Low, double High) Interval
    {
        get
        {
            const double Z = 1.959963984540054;
            double n = Episodes, p = Accuracy, denominator = 1 + Z * Z / n;
            double centre = (p + Z * Z / (2 * n)) / denominator, half = Z * Math.Sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / denominator;
            return (centre - half, centre + half);
        }
    }
}
