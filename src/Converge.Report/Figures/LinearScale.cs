using Converge.Report.Markup;

namespace Converge.Report.Figures;

/// <summary>Maps numbers to positions along an axis, with round tick values.</summary>
/// <param name="Low">The number at <paramref name="From"/>.</param>
/// <param name="High">The number at <paramref name="To"/>.</param>
/// <param name="From">A position in pixels.</param>
/// <param name="To">Another.</param>
/// <param name="Step">The distance between ticks.</param>
internal sealed record LinearScale(double Low, double High, double From, double To, double Step)
{
    public double At(double value) => From + (value - Low) / (High - Low) * (To - From);

    public IReadOnlyList<double> Ticks
    {
        get
        {
            int first = (int)Math.Ceiling(Low / Step - 1e-9), last = (int)Math.Floor(High / Step + 1e-9);
            return [.. Enumerable.Range(first, last - first + 1).Select(i => i * Step)];
        }
    }

    /// <summary>Whether the scale reaches a value.</summary>
    public bool Holds(double value) => value >= Low - 1e-9 && value <= High + 1e-9;

    /// <summary>
    /// Of values that matter less, those near enough to the others not to press them together: no further from them than they are wide, and never nearer
    /// than <paramref name="span"/>.
    /// </summary>
    public static IEnumerable<double> Near(IReadOnlyCollection<double> values, IEnumerable<double> others, double span)
    {
        if (values.Count == 0) return others;
        double low = values.Min(), high = values.Max(), room = Math.Max(span, high - low);
        return others.Where(other => other >= low - room && other <= high + room);
    }

    public string Label(double tick)
    {
        int decimals = 0;
        while (decimals < 12 && Math.Abs(Math.Round(Step, decimals) - Step) > 1e-9 * Step) decimals++;
        return NumberText.Fixed(tick, decimals);
    }

    /// <summary>
    /// A scale that holds all <paramref name="values"/>, at least <paramref name="span"/> wide, with round ends, and no further than
    /// <paramref name="atMost"/> or <paramref name="atLeast"/>.
    /// </summary>
    public static LinearScale Holding(IEnumerable<double> values, double from, double to, double span, double atLeast = double.NegativeInfinity, double atMost = double.PositiveInfinity)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (double value in values) (low, high) = (Math.Min(low, value), Math.Max(high, value));
        if (low > high) (low, high) = (double.IsFinite(atLeast) ? atLeast : 0, double.IsFinite(atMost) ? atMost : 1);
        if (high - low < span)
        {
            double middle = (low + high) / 2;
            (low, high) = (middle - span / 2, middle + span / 2);
            if (high > atMost) (low, high) = (atMost - span, atMost);
            if (low < atLeast) (low, high) = (atLeast, atLeast + span);
        }
        double step = RoundStep((high - low) / 6);
        low = Math.Max(Math.Floor(low / step + 1e-9) * step, atLeast);
        high = Math.Min(Math.Ceiling(high / step - 1e-9) * step, atMost);
        return new LinearScale(low, high, from, to, step);
    }

    // The nearest of 1, 2, 5 times a power of ten at or above the given step.
    private static double RoundStep(double step)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        double leading = step / power;
        return power * (leading <= 1.0001 ? 1 : leading <= 2.0001 ? 2 : leading <= 5.0001 ? 5 : 10);
    }
}
