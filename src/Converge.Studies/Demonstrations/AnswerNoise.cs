using Converge.Numerics;
using Converge.Studies.Spec;
using Converge.Studies.Tasks;

namespace Converge.Studies.Demonstrations;

/// <summary>The answers that demonstrations carry (F1).</summary>
internal static class AnswerNoise
{
    /// <summary>
    /// An answer for each of <paramref name="examples"/>. Of k answers, p k are wrong: where that is no whole number it is rounded up or down by one draw of
    /// the run, so that the mean over runs is p k. The wrong ones of a smaller share are among those of a larger one, with the same wrong
    /// answers. A wrong answer is one of the other labels, or, in a task without labels, the answer of another example of the pool.
    /// </summary>
    /// <param name="examples">The demonstrations.</param>
    /// <param name="spec">What is wanted.</param>
    /// <param name="task">Their task.</param>
    /// <param name="pool">The pool that they were drawn from.</param>
    /// <param name="random">The run's stream of answers.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<Example> examples, DemonstrationSpec spec, TaskSpec task, IReadOnlyList<Example> pool, RandomStream random)
    {
        string[] gold = [.. examples.Select(example => example.Answer)];
        if (spec.Labels == AnswerSource.Gold) return gold;
        IReadOnlyList<string> choice = task.Labels is { } labels ? [.. labels.Select(label => label.Word)] : [.. pool.Select(example => example.Answer)];
        if (spec.Labels == AnswerSource.Random) return [.. gold.Select(_ => choice[random.Next(choice.Count)])];
        double rounding = random.NextDouble();
        int[] order = random.Sample(examples.Count, examples.Count);
        string[] wrong = [.. order.Select(at => Other(choice, gold[at], random))];
        int count = (int)Math.Floor(spec.WrongFraction * examples.Count + rounding);
        for (int i = 0; i < Math.Min(count, examples.Count); i++) gold[order[i]] = wrong[i];
        return gold;
    }

    private static string Other(IReadOnlyList<string> choice, string gold, RandomStream random)
    {
        string[] others = [.. choice.Where(answer => answer != gold)];
        return others.Length == 0 ? gold : others[random.Next(others.Length)];
    }
}
