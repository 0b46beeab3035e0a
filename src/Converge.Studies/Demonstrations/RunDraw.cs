using Converge.Engine;
using Converge.Numerics;
using Converge.Studies.Spec;
using Converge.Studies.Tasks;

namespace Converge.Studies.Demonstrations;

/// <summary>What one run drew by the study's own settings: an instruction, demonstrations in their order, and queries.</summary>
/// <param name="Instruction">The instruction's place in the task's pool.</param>
/// <param name="Demonstrations">k examples, distinct in normalised text.</param>
/// <param name="Queries">n examples, distinct, none of them a demonstration of this run in id or in normalised text.</param>
public sealed record RunDraw(int Instruction, IReadOnlyList<Example> Demonstrations, IReadOnlyList<Example> Queries)
{
    /// <summary>
    /// Draws run <paramref name="run"/>. Each part has its own stream, and more of a part only appends: the first 4 of 8 demonstrations are the 4
    /// drawn for k = 4. A query that equals a demonstration of the run is passed over for the next one in the draw.
    /// </summary>
    /// <exception cref="BadInputException">The pools are too small for k or n.</exception>
    public static RunDraw Of(StudySpec study, TaskSpec task, TaskData data, int run)
    {
        int instruction = RandomStreams.Open(study.Seed, StreamName.Instruction, task.Name, run).Next(task.Instructions.Count);
        var shown = study.Base.Demonstrations;
        var demonstrations = ExampleDraw.Take(Candidates(study.Seed, task, data, run), shown.Count, shown.Balance, task, new TakenExamples());
        return new RunDraw(instruction, demonstrations, DrawQueries(study, task, data, demonstrations, run));
    }

    /// <summary>A task's pool of demonstrations in the order in which run <paramref name="run"/> considers them.</summary>
    internal static IEnumerable<Example> Candidates(ulong seed, TaskSpec task, TaskData data, int run) =>
        Shuffle(data.Demonstrations.Count, RandomStreams.Open(seed, StreamName.Demonstrations, task.Name, run)).Select(at => data.Demonstrations[at]);

    private static List<Example> DrawQueries(StudySpec study, TaskSpec task, TaskData data, List<Example> demonstrations, int run)
    {
        var shown = new TakenExamples(demonstrations);
        var drawn = new List<Example>(study.Queries);
        foreach (int at in Shuffle(data.Queries.Count, RandomStreams.Open(study.Seed, StreamName.Queries, task.Name, run)))
        {
            if (drawn.Count == study.Queries) break;
            if (!shown.Has(data.Queries[at])) drawn.Add(data.Queries[at]);
        }
        return drawn.Count == study.Queries ? drawn : throw ExampleDraw.TooFew(task, task.Data.Queries, "queries", study.Queries, drawn.Count);
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
}
