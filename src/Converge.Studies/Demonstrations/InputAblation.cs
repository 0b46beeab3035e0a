using Converge.Engine;
using Converge.Numerics;
using Converge.Studies.Spec;
using Converge.Studies.Tasks;

namespace Converge.Studies.Demonstrations;

/// <summary>The inputs that demonstrations show (F11).</summary>
internal static class InputAblation
{
    // Random words spell a query only where texts are of a word or two; then some other draw is soon found, if there is one.
    private const int MostDraws = 1000;

    /// <summary>A text for each of <paramref name="examples"/>, none of them a query's.</summary>
    /// <param name="examples">The demonstrations.</param>
    /// <param name="content">What is shown of them.</param>
    /// <param name="pool">The pool that they were drawn from: random words are its words, each as often as it stands there.</param>
    /// <param name="lender">The task that lends other inputs and its pool, where they are wanted.</param>
    /// <param name="queries">The run's queries.</param>
    /// <param name="random">The run's stream of contents.</param>
    /// <exception cref="BadInputException">The pool is too small.</exception>
    public static IReadOnlyList<string> Of(
        IReadOnlyList<Example> examples, DemonstrationContent content, IReadOnlyList<Example> pool, (TaskSpec Task, TaskData Data)? lender, IReadOnlyList<Example> queries, RandomStream random) => content switch
        {
            DemonstrationContent.NoInput => [.. examples.Select(_ => "")],
            DemonstrationContent.RandomWords => RandomWords(examples, pool, queries, random),
            DemonstrationContent.OtherInputs => OtherInputs(examples.Count, lender!.Value.Task, lender.Value.Data.Demonstrations, queries, random),
            _ => [.. examples.Select(example => example.Text)],
        };

    private static IReadOnlyList<string> OtherInputs(int count, TaskSpec task, IReadOnlyList<Example> pool, IReadOnlyList<Example> queries, RandomStream random)
    {
        int[] order = random.Sample(pool.Count, pool.Count);
        return [.. ExampleDraw.Take(order.Select(at => pool[at]), count, balance: false, task, new TakenExamples(queries)).Select(example => example.Text)];
    }

    private static IReadOnlyList<string> RandomWords(IReadOnlyList<Example> examples, IReadOnlyList<Example> pool, IReadOnlyList<Example> queries, RandomStream random)
    {
        string[] words = [.. pool.SelectMany(example => Words(example.Text))];
        var asked = queries.Select(query => query.NormalisedText).ToHashSet(StringComparer.Ordinal);
        return [.. examples.Select(Replace)];

        string Replace(Example example)
        {
            for (int draw = 0; draw < MostDraws; draw++)
            {
                var text = string.Join(' ', Words(example.Text).Select(_ => words[random.Next(words.Length)]));
                if (!asked.Contains(Example.Normalise(text))) return text;
            }
            throw new BadInputException($"demonstration '{OneLine.Of(example.Id)}'", "cannot be given random words: whatever is drawn from its pool is a query", "Give the pool more words, or leave the task out of the factor with 'tasks'");
        }
    }

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
