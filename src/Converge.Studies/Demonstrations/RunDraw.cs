using Converge.Engine;
using Converge.Numerics;
using Converge.Studies.Spec;
using Converge.Studies.Tasks;

namespace Converge.Studies.Demonstrations;

/// <summary>What one run drew: an instruction, demonstrations in their order, and queries.</summary>
/// <param name="Instruction">The instruction.</param>
/// <param name="Demonstrations">k examples, distinct in normalised text.</param>
/// <param name="Queries">n examples, distinct, none of them a demonstration of this run in id or in normalised text.</param>
public sealed record RunDraw(string Instruction, IReadOnlyList<Example> Demonstrations, IReadOnlyList<Example> Queries)
{
    /// <summary>
    /// Draws run <paramref name="run"/>. Each part has its own stream, and more of a part only appends: the first 4 of 8 demonstrations are the 4
    /// drawn for k = 4. A query that equals a demonstration of the run is passed over for the next one in the draw.
    /// </summary>
    /// <exception cref="BadInputException">The pools are too small for k or n.</exception>
    public static RunDraw Of(StudySpec study, TaskSpec task, TaskData data, int run)
    {
        var instructions = RandomStreams.Open(study.Seed, StreamName.Instruction, task.Name, run);
        var instruction = task.Instructions[instructions.Next(task.Instructions.Count)];
        var demonstrations = DrawDemonstrations(study.Demonstrations, task, data.Demonstrations, RandomStreams.Open(study.Seed, StreamName.Demonstrations, task.Name, run));
        var queries = DrawQueries(study.Queries, task, data.Queries, demonstrations, RandomStreams.Open(study.Seed, StreamName.Queries, task.Name, run));
        return new RunDraw(instruction, demonstrations, queries);
    }

    private static List<Example> DrawDemonstrations(DemonstrationSpec spec, TaskSpec task, IReadOnlyList<Example> pool, RandomStream random)
    {
        int k = spec.Count;
        var drawn = new List<Example>(k);
        var texts = new HashSet<string>(StringComparer.Ordinal);
        // A plain draw, and any draw of a task without labels, has one group that all examples belong to.
        int labels = spec.Balance && task.Labels is { } known ? known.Count : 1;
        var shown = new int[labels];
        int extra = k % labels;
        foreach (int at in Shuffle(pool.Count, random))
        {
            if (drawn.Count == k) break;
            var example = pool[at];
            int label = labels > 1 ? example.Label!.Value : 0;
            bool isExtra = shown[label] >= k / labels;
            if (isExtra && (extra == 0 || shown[label] > k / labels) || !texts.Add(example.NormalisedText)) continue;
            if (isExtra) extra--;
            shown[label]++;
            drawn.Add(example);
        }
        return drawn.Count == k ? drawn : throw TooFew(task, task.Data.Demonstrations, "demonstrations.count", k, drawn.Count);
    }

    private static List<Example> DrawQueries(int n, TaskSpec task, IReadOnlyList<Example> pool, List<Example> demonstrations, RandomStream random)
    {
        var ids = demonstrations.Select(example => example.Id).ToHashSet(StringComparer.Ordinal);
        var texts = demonstrations.Select(example => example.NormalisedText).ToHashSet(StringComparer.Ordinal);
        var drawn = new List<Example>(n);
        foreach (int at in Shuffle(pool.Count, random))
        {
            if (drawn.Count == n) break;
            if (!ids.Contains(pool[at].Id) && !texts.Contains(pool[at].NormalisedText)) drawn.Add(pool[at]);
        }
        return drawn.Count == n ? drawn : throw TooFew(task, task.Data.Queries, "queries", n, drawn.Count);
    }

    /// <summary>The numbers below <paramref name="count"/> in random order, drawn as they are asked for (Fisher-Yates over a sparse array).</summary>
    private static IEnumerable<int> Shuffle(int count, RandomStream random)
    {
        var moved = new Dictionary<int, int>();
        for (int i = 0; i < count; i++)
        {
            int j = i + random.Next(count - i);
            yield return moved.GetValueOrDefault(j, j);
            moved[j] = moved.GetValueOrDefault(i, i);
        }
    }

    private static BadInputException TooFew(TaskSpec task, DataSource source, string key, int wanted, int found) =>
        new(source.File, $"task '{task.Name}' needs {wanted} examples a run ('{key}') and finds {found} to draw from", $"Lower '{key}' or give more data");
}
