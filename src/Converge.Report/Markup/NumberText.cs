using System.Globalization;
using Converge.Studies.Statistics;

namespace Converge.Report.Markup;

/// <summary>Numbers as the report writes them, with a true minus sign.</summary>
internal static class NumberText
{
    /// <summary>What stands where there is no number.</summary>
    public const string Missing = "–";

    private const int Fewest = 3, Most = 6;

    /// <summary>
    /// Three decimals; more for a value close to 1 or -1, where similarities crowd, so that two digits of its distance show. What is 1 to six
    /// decimals is 1.000.
    /// </summary>
    public static string Of(double? value) => value is { } number && double.IsFinite(number) ? Fixed(number, DecimalsNearOne(number)) : Missing;

    /// <summary><c>0.912 [0.897, 0.925]</c>, or the mean alone where there is no interval.</summary>
    public static string Of(Estimate estimate) => Join(Parts(estimate, fromZero: false));

    /// <summary>The same with no more than so many decimals, where room is short.</summary>
    public static string Of(Estimate estimate, int mostDecimals) => Join(Parts(estimate, fromZero: false, mostDecimals));

    /// <summary><c>−3.215 [−3.301, −3.120]</c>: a quantity that is at most 0, such as a log-likelihood.</summary>
    public static string BelowZero(Estimate estimate) => Join(Parts(estimate, fromZero: true));

    /// <summary><c>+0.015 [0.007, 0.024]</c>, or the mean alone where there is no interval.</summary>
    public static string OfDifference(Estimate estimate) =>
        estimate.Mean is null ? Missing : (estimate.Mean >= 0 ? "+" : "") + Join(Parts(estimate, fromZero: true));

    /// <summary>
    /// Mean, SD and interval of an estimate with the same number of decimals: as many as tell its values from 1, or
    /// <paramref name="fromZero"/> from 0, and no more than <paramref name="mostDecimals"/>.
    /// </summary>
    public static (string Mean, string Sd, string Interval) Parts(Estimate estimate, bool fromZero, int mostDecimals = Most)
    {
        double[] shown = [.. ((double?[])[estimate.Mean, estimate.Interval?.Low, estimate.Interval?.High]).OfType<double>()];
        int decimals = shown.Length == 0 ? Fewest : fromZero ? DecimalsNearZero(shown.Max(Math.Abs)) : shown.Max(DecimalsNearOne);
        decimals = Math.Min(decimals, mostDecimals);
        string Text(double? value) => value is { } number ? Fixed(number, decimals) : Missing;
        return (Text(estimate.Mean), Text(estimate.Sd), estimate.Interval is { } ends ? $"[{Text(ends.Low)}, {Text(ends.High)}]" : Missing);
    }

    /// <summary>A fixed number of decimals; never "−0.000".</summary>
    public static string Fixed(double value, int decimals)
    {
        var text = Math.Abs(value).ToString("F" + decimals, CultureInfo.InvariantCulture);
        return value < 0 && text.Any(c => c is >= '1' and <= '9') ? "−" + text : text;
    }

    /// <summary>A few significant digits, for losses and rates.</summary>
    public static string General(double? value) =>
        value is { } number && double.IsFinite(number) ? number.ToString("G4", CultureInfo.InvariantCulture).Replace('-', '−') : Missing;

    /// <summary>A whole number with thin spaces between thousands.</summary>
    public static string Count(long value) => value.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202F');

    private static string Join((string Mean, string Sd, string Interval) parts) => parts.Interval == Missing ? parts.Mean : $"{parts.Mean} {parts.Interval}";

    private static int DecimalsNearOne(double value) => DecimalsNearZero(1 - Math.Abs(value));

    private static int DecimalsNearZero(double size) => Math.Round(size, Most) > 0 ? Math.Clamp(1 - (int)Math.Floor(Math.Log10(size)), Fewest, Most) : Fewest;
}
