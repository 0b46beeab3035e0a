namespace Converge.Engine.Capture;

/// <summary>What the logits of one position, [vocabulary], say of the tokens that may follow. Sums are taken in double precision, in the order of the ids.</summary>
public static class TokenScores
{
    /// <summary>The natural logarithm of every token's probability, [vocabulary]: log softmax.</summary>
    /// <exception cref="ArgumentException">There are no logits.</exception>
    public static float[] LogProbabilities(ReadOnlySpan<float> logits)
    {
        double greatest = logits[Greatest(logits)], sum = 0;
        foreach (float logit in logits) sum += Math.Exp(logit - greatest);
        double normaliser = greatest + Math.Log(sum);
        var result = new float[logits.Length];
        for (int i = 0; i < result.Length; i++) result[i] = (float)(logits[i] - normaliser);
        return result;
    }

    /// <summary>The token of the greatest score (logits and log-probabilities give the same); of equal ones, that of the smallest id.</summary>
    /// <exception cref="ArgumentException">There are no scores.</exception>
    public static int Greatest(ReadOnlySpan<float> scores)
    {
        if (scores.IsEmpty) throw new ArgumentException("there are no scores", nameof(scores));
        int best = 0;
        for (int i = 1; i < scores.Length; i++)
            if (scores[i] > scores[best]) best = i;
        return best;
    }

    /// <summary>The <paramref name="count"/> tokens of the greatest scores, the greatest first; of equal ones, the smaller id first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public static int[] Top(ReadOnlySpan<float> scores, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, scores.Length);
        var kept = new PriorityQueue<int, (float Score, int Id)>(count + 1);
        for (int id = 0; id < scores.Length; id++)
        {
            kept.Enqueue(id, (scores[id], -id));
            if (kept.Count > count) kept.Dequeue();
        }
        var top = new int[count];
        for (int i = count - 1; i >= 0; i--) top[i] = kept.Dequeue();
        return top;
    }

    /// <summary>The rank of a token, from 1: one more than there are tokens before it in the order of <see cref="Top"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The token is not in the vocabulary.</exception>
    public static int Rank(ReadOnlySpan<float> scores, int token)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)token, (uint)scores.Length);
        int rank = 1;
        for (int id = 0; id < scores.Length; id++)
            if (scores[id] > scores[token] || (scores[id] == scores[token] && id < token)) rank++;
        return rank;
    }
}
