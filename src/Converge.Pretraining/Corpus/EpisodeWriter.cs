using Converge.Numerics;
using Converge.Pretraining.Recipes;

namespace Converge.Pretraining.Corpus;

/// <summary>Draws few-shot documents of classification tasks.</summary>
/// <param name="words">Where random labels come from.</param>
internal sealed class EpisodeWriter(Words words)
{
    /// <summary>A document of a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="random">Chance.</param>
    /// <param name="labels">How classes are named.</param>
    /// <param name="count">The number of sentences.</param>
    /// <param name="mixture">How often an instruction stands in front, and labels are made up.</param>
    /// <param name="heldOut">Whether the sentences are held-out ones, and held-out words of taste, headers and instructions may come.</param>
    public Episode Draw(ClassificationTask task, RandomStream random, LabelKind labels, int count, CorpusMixture mixture, bool heldOut)
    {
        int[] classes = Classes(task, random);
        var bound = task.Bind(random, heldOut);
        string[] names = Labels(task, random, labels, classes, mixture.MadeUp);
        bool instruction = !task.HasShortInputs && random.NextDouble() < mixture.Instructed;
        return new Episode
        {
            Kind = $"{task.Name}/{labels.ToString().ToLowerInvariant()}",
            Labels = names,
            Instruction = instruction ? task.Instruction(random, [.. random.Sample(names.Length, names.Length).Select(i => names[i])], heldOut) + (random.Next(4) == 0 ? "\n" : "\n\n") : "",
            Format = task.HasShortInputs ? DemonstrationFormat.DrawShort(random) : DemonstrationFormat.Draw(random, () => (task.InputHeader(random, heldOut), task.OutputHeader(random, heldOut))),
            // A sentence may come twice: who finds the earlier one reads its label there, which is learning in context too. Where that is measured no sentence comes twice.
            Items = [.. Enumerable.Range(0, count).Select(_ =>
            {
                int c = random.Next(classes.Length);
                return (task.Sentence(random, classes[c], bound, heldOut ? SentenceSplit.HeldOut : SentenceSplit.Training), c);
            })],
            UsualLabels = labels == LabelKind.Usual,
        };
    }

    private string[] Labels(ClassificationTask task, RandomStream random, LabelKind kind, int[] classes, double madeUp)
    {
        if (kind == LabelKind.Random) return words.Labels(random, classes.Length, madeUp, heldOut: false);
        var usual = task.UsualLabels(random);
        return [.. classes.Select((_, i) => usual[classes[kind == LabelKind.Flipped ? (i + 1) % classes.Length : i]])];
    }

    // Two classes for the greater part, and up to four.
    private static int[] Classes(ClassificationTask task, RandomStream random)
    {
        double u = random.NextDouble();
        return random.Sample(task.Classes, Math.Min(task.Classes, u < 0.65 ? 2 : u < 0.85 ? 3 : 4));
    }
}
