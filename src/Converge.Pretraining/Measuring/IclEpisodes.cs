using Converge.Numerics;
using Converge.Pretraining.Corpus;

namespace Converge.Pretraining.Measuring;

/// <summary>An episode: its prompts for growing numbers of demonstrations, and the labels to choose from.</summary>
/// <param name="Prompts">One prompt for each number of demonstrations.</param>
/// <param name="Labels">The labels.</param>
/// <param name="Answers">For each prompt, the index of the right label.</param>
internal sealed record IclEpisode(IReadOnlyList<string> Prompts, IReadOnlyList<string> Labels, IReadOnlyList<int> Answers);

/// <summary>Draws episodes of two classes from sentences that training never reads, none twice in an episode; under new wording held-out words of taste, headers and instructions may come.</summary>
internal static class IclEpisodes
{
    private const int MostAttempts = 1000;

    /// <summary>An episode of a condition.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="condition">What is measured.</param>
    /// <param name="shots">Numbers of demonstrations, ascending.</param>
    /// <param name="random">Chance.</param>
    public static IclEpisode Draw(CorpusGenerator corpus, IclCondition condition, IReadOnlyList<int> shots, RandomStream random)
    {
        var task = corpus.Task(condition.Task);
        int[] classes = random.Sample(task.Classes, 2);
        bool heldOut = condition.NewWording;
        var (bound, split) = (task.Bind(random, heldOut), heldOut ? SentenceSplit.NewWording : SentenceSplit.NewSentence);
        string[] labels = Labels(corpus, task, condition.Labels, classes, random);
        var episode = new Episode
        {
            Kind = condition.Task,
            Labels = labels,
            Instruction = condition.Instructed ? task.Instruction(random, [.. random.Sample(2, 2).Select(i => labels[i])], heldOut) + "\n\n" : "",
            Format = DemonstrationFormat.Study(task.InputHeader(random, heldOut), task.OutputHeader(random, heldOut)),
            UsualLabels = condition.Labels == IclLabels.Usual,
            Items = [],
        };
        var used = new HashSet<string>(StringComparer.Ordinal);
        // A query that stood among the demonstrations could be answered without knowing what its words mean. Its class stays when its sentence is drawn again.
        (string, int) Item()
        {
            int c = random.Next(2);
            for (int attempt = 0; attempt < MostAttempts; attempt++)
                if (task.Sentence(random, classes[c], bound, split) is var sentence && used.Add(sentence)) return (sentence, c);
            throw new InvalidOperationException($"task {task.Name} has too few new sentences for an episode of {shots[^1]} demonstrations");
        }

        var demonstrations = Enumerable.Range(0, shots[^1]).Select(_ => Item()).Select(item => condition.Shuffled ? (item.Item1, random.Next(2)) : item).ToList();
        var queries = shots.Select(_ => Item()).ToList();
        return new IclEpisode(
            [.. shots.Select((count, i) => (episode with { Items = [.. demonstrations.Take(count), queries[i]] }).Prompt())], labels, [.. queries.Select(query => query.Item2)]);
    }

    private static string[] Labels(CorpusGenerator corpus, ClassificationTask task, IclLabels labels, int[] classes, RandomStream random)
    {
        if (labels is IclLabels.Random or IclLabels.Unseen) return corpus.Words.Labels(random, 2, madeUp: 0.5, heldOut: labels == IclLabels.Unseen);
        // The names that training knows, since the model's prior is what is measured.
        var usual = task.UsualLabels(random);
        return labels == IclLabels.Usual ? [usual[classes[0]], usual[classes[1]]] : [usual[classes[1]], usual[classes[0]]];
    }
}
