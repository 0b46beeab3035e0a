using System.Text;

namespace Converge.Studies.Metrics;

/// <summary>chrF (Popovic 2015, "chrF: character n-gram F-score for automatic MT evaluation"), of one sentence.</summary>
public static class CharacterFScore
{
    /// <summary>The longest n-grams.</summary>
    public const int Order = 6;

    /// <summary>How much more recall weighs than precision: chrF2.</summary>
    public const double Beta = 2;

    /// <summary>
    /// (1 + b^2) P R / (b^2 P + R), in [0, 1], with P and R the shares of the answer's and of the reference's character n-grams that both have, each as often as both
    /// have it, averaged over n from 1 to 6; orders of which one of the two has none are left out. Characters are Unicode code points, white space is not counted,
    /// case is. 0 where nothing is common.
    /// </summary>
    public static double Of(string answer, string reference)
    {
        Rune[] a = [.. answer.EnumerateRunes().Where(rune => !Rune.IsWhiteSpace(rune))], b = [.. reference.EnumerateRunes().Where(rune => !Rune.IsWhiteSpace(rune))];
        double precision = 0, recall = 0;
        int orders = 0;
        for (int n = 1; n <= Order && n <= a.Length && n <= b.Length; n++, orders++)
        {
            int common = NGrams.Common(NGrams.Count(a, n), NGrams.Count(b, n));
            precision += common / (double)(a.Length - n + 1);
            recall += common / (double)(b.Length - n + 1);
        }
        if (precision == 0) return 0;
        (precision, recall) = (precision / orders, recall / orders);
        return (1 + Beta * Beta) * precision * recall / (Beta * Beta * precision + recall);
    }
}
