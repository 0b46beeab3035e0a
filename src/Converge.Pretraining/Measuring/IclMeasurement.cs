using Converge.Engine;
using Converge.Engine.Capture;
using Converge.Engine.Model;
using Converge.Engine.Tokenizers;
using Converge.Pretraining.Corpus;

namespace Converge.Pretraining.Measuring;

/// <summary>Measures how well a model learns in context, on tasks of the corpus with sentences that were held out of it.</summary>
/// <param name="model">The model.</param>
/// <param name="tokenizer">Its tokenizer.</param>
/// <param name="episodes">Episodes for each condition.</param>
/// <param name="seed">The seed of the episodes.</param>
public sealed class IclMeasurement(LanguageModel model, Tokenizer tokenizer, int episodes, ulong seed)
{
    private const int EpisodesAtATime = 50;

    /// <summary>Numbers of demonstrations.</summary>
    public static IReadOnlyList<int> Shots { get; } = [0, 1, 2, 4, 8, 16];

    /// <summary>The curve of a condition; the label whose tokens have the greatest probability together is the answer.</summary>
    /// <exception cref="BadInputException">A prompt is longer than the model allows.</exception>
    public IclCurve Run(IclCondition condition, CancellationToken cancellation = default)
    {
        var corpus = new CorpusGenerator(seed);
        var right = new int[Shots.Count];
        for (int first = 0; first < episodes; first += EpisodesAtATime)
        {
            var drawn = Enumerable.Range(first, Math.Min(EpisodesAtATime, episodes - first)).Select(i => IclEpisodes.Draw(corpus, condition, Shots, RandomStreams.Open(seed, StreamName.Episode, i))).ToList();
            Score(drawn, right, cancellation);
        }
        return new IclCurve(condition, [.. Shots.Select((shots, i) => new IclPoint(shots, right[i], episodes))]);
    }

    private void Score(List<IclEpisode> drawn, int[] right, CancellationToken cancellation)
    {
        var (prompts, continuations) = (new List<Prompt>(), new List<Continuation>());
        foreach (var episode in drawn)
            foreach (var text in episode.Prompts)
            {
                continuations.AddRange(episode.Labels.Select(label => new Continuation(prompts.Count, tokenizer.Encode(" " + label, addSpecial: false))));
                prompts.Add(new Prompt($"{prompts.Count}", tokenizer.Encode(text)));
            }
        int longest = continuations.Max(continuation => prompts[continuation.Prompt].Tokens.Length + continuation.Tokens.Length);
        if (longest > model.Config.MaxPositions)
            throw new BadInputException("the model", $"takes {model.Config.MaxPositions} tokens, and a prompt of {Shots[^1]} demonstrations with its answer has {longest}", "Measure one with more positions");
        var scores = model.Capture(prompts, new CaptureRequest { Layers = [0], Continuations = continuations }, [], null, cancellation).LogProbabilities;
        int at = 0;
        foreach (var episode in drawn)
            for (int i = 0; i < episode.Prompts.Count; i++)
            {
                int best = 0;
                for (int label = 1; label < episode.Labels.Count; label++)
                    if (scores[at + label] > scores[at + best]) best = label;
                if (best == episode.Answers[i]) right[i]++;
                at += episode.Labels.Count;
            }
    }
}
