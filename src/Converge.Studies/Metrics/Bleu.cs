using System.Text.RegularExpressions;

namespace Converge.Studies.Metrics;

/// <summary>
/// BLEU with one reference (Papineni et al. 2002), n-grams of up to four words. Words are runs of letters, digits and marks, and every other character but white space
/// by itself; case counts.
/// </summary>
public static partial class Bleu
{
    /// <summary>The longest n-grams.</summary>
    public const int Order = 4;

    /// <summary>
    /// BLEU of some answers together, in [0, 1]: the geometric mean of the four precisions, each the n-grams common to an answer and its reference over those of
    /// all answers, times exp(1 - r / c) where the answers' words c are fewer than the references' r. Not smoothed: 0 where a precision is.
    /// </summary>
    public static double OfCorpus(IReadOnlyList<(string Answer, string Reference)> pairs) => Of(pairs, 0);

    /// <summary>BLEU of one answer, with one added to numerator and denominator of the precisions above n = 1 (Lin and Och 2004, "ORANGE"), in [0, 1].</summary>
    public static double OfSentence(string answer, string reference) => Of([(answer, reference)], 1);

    private static double Of(IReadOnlyList<(string Answer, string Reference)> pairs, int added)
    {
        List<(string[] Answer, string[] Reference)> words = [.. pairs.Select(pair => (Words(pair.Answer), Words(pair.Reference)))];
        int length = words.Sum(pair => pair.Answer.Length), wanted = words.Sum(pair => pair.Reference.Length);
        double logs = 0;
        for (int n = 1; n <= Order; n++)
        {
            int smoothing = n > 1 ? added : 0;
            double common = words.Sum(pair => NGrams.Common(NGrams.Count(pair.Answer, n), NGrams.Count(pair.Reference, n))) + smoothing;
            double all = words.Sum(pair => Math.Max(0, pair.Answer.Length - n + 1)) + smoothing;
            if (common == 0) return 0;
            logs += Math.Log(common / all);
        }
        return Math.Exp(logs / Order + Math.Min(0, 1 - wanted / (double)length));
    }

    private static string[] Words(string text) => [.. Word().Matches(text).Select(match => match.Value)];

    [GeneratedRegex(@"[\p{L}\p{N}\p{M}]+|\S")]
    private static partial Regex Word();
}
