using Converge.Engine;
using Converge.Studies.Tasks;

namespace Converge.Studies.Demonstrations;

/// <summary>Takes examples from a pool in a given order.</summary>
internal static class ExampleDraw
{
    /// <summary>
    /// The first <paramref name="count"/> of <paramref name="candidates"/> that repeat nothing and, where labels are balanced, are still wanted. More only
    /// appends where labels are not balanced: the first 4 of 8 are the 4 taken for a count of 4.
    /// </summary>
    /// <param name="candidates">The pool, in the order in which its examples are considered.</param>
    /// <param name="count">How many are taken.</param>
    /// <param name="balance">Whether every label is taken equally often, or as nearly as the count allows.</param>
    /// <param name="task">The pool's task.</param>
    /// <param name="taken">What may not be taken; what is taken is added.</param>
    /// <param name="key">What asks for them, for messages.</param>
    /// <exception cref="BadInputException">There are too few.</exception>
    public static List<Example> Take(IEnumerable<Example> candidates, int count, bool balance, TaskSpec task, TakenExamples taken, string key = "demonstrations.count")
    {
        var drawn = new List<Example>(count);
        // A plain draw, and any draw of a task without labels, has one group that all examples belong to.
        int labels = balance && task.Labels is { } known ? known.Count : 1;
        var shown = new int[labels];
        int extra = count % labels;
        foreach (var example in candidates)
        {
            if (drawn.Count == count) break;
            int label = labels > 1 ? example.Label!.Value : 0;
            bool isExtra = shown[label] >= count / labels;
            if (isExtra && (extra == 0 || shown[label] > count / labels) || !taken.Add(example)) continue;
            if (isExtra) extra--;
            shown[label]++;
            drawn.Add(example);
        }
        return drawn.Count == count ? drawn : throw TooFew(task, task.Data.Demonstrations, key, count, drawn.Count);
    }

    /// <summary>The refusal of a pool that is too small.</summary>
    public static BadInputException TooFew(TaskSpec task, DataSource source, string key, int wanted, int found) =>
        new(source.File, $"task '{task.Name}' needs {wanted} examples a run ('{key}') and finds {found} to draw from", $"Lower '{key}' or give more data");
}
