using Converge.Numerics;
using Converge.Pretraining.Recipes;

namespace Converge.Pretraining.Corpus;

/// <summary>The corpus: an endless sequence of documents, each a function of the seed, its index and the stage's mixture.</summary>
internal sealed class CorpusGenerator
{
    // Kinds that are not classification tasks.
    private const string CopyKind = "copy", MappingKind = "mapping", CipherKind = "cipher", TranslationKind = "translation", StoryKind = "story", FactsKind = "facts", WordsKind = "words";
    // Every other grammar that comes with the program is a classification task.
    private static readonly string[] TaskNames = [.. Grammar.EmbeddedNames.Except(["common", WordsKind, TranslationKind, StoryKind, FactsKind])];

    private readonly ulong _seed;
    private readonly Dictionary<string, ClassificationTask> _tasks;
    private readonly EpisodeWriter _episodes;
    private readonly SymbolDocuments _symbols;
    private readonly TranslationDocuments _translation;
    private readonly StoryDocuments _stories;
    private readonly FactDocuments _facts;

    /// <summary>The corpus of a seed, from the grammars that come with the program.</summary>
    public CorpusGenerator(ulong seed)
    {
        _seed = seed;
        var common = Grammar.Embedded("common");
        var grammars = TaskNames.Append(WordsKind).ToDictionary(name => name, name => Grammar.Embedded(name, common));
        _tasks = grammars.ToDictionary(pair => pair.Key, pair => new ClassificationTask(pair.Value));
        var translation = Grammar.Embedded(TranslationKind, common);
        var story = Grammar.Embedded(StoryKind, common);
        var facts = FactDocuments.Rules(common);
        Words = Vocabulary.Of([.. grammars.Values, story, common], [translation, facts], common, _tasks.Values);
        (_episodes, _symbols, _translation) = (new EpisodeWriter(Words), new SymbolDocuments(Words), new TranslationDocuments(translation));
        (_stories, _facts) = (new StoryDocuments(story), new FactDocuments(facts));
    }

    /// <summary>What a mixture may name.</summary>
    public static IReadOnlyList<string> Kinds => [.. TaskNames, WordsKind, CopyKind, MappingKind, CipherKind, TranslationKind, StoryKind, FactsKind];

    /// <summary>Whether a kind is a classification task, whose documents have labels.</summary>
    public static bool IsTask(string kind) => kind == WordsKind || TaskNames.Contains(kind);

    /// <summary>Whether documents of a kind have answers, which can be known from what stands before them.</summary>
    public static bool HasAnswers(string kind) => kind is not (StoryKind or FactsKind);

    /// <summary>The words that labels are drawn from.</summary>
    public Words Words { get; }

    /// <summary>A classification task.</summary>
    public ClassificationTask Task(string name) => _tasks[name];

    /// <summary>Document <paramref name="index"/> of a mixture.</summary>
    /// <param name="mixture">What is drawn how often.</param>
    /// <param name="index">The index.</param>
    /// <param name="heldOut">Whether it is one for measuring: its sentences to be classified or translated are held-out ones. Symbols are drawn anew for every document on both sides.</param>
    public Document Draw(CorpusMixture mixture, long index, bool heldOut = false)
    {
        var random = RandomStreams.Open(_seed, StreamName.Document, index);
        var kind = Pick(random, mixture.Documents);
        int count = 1 + random.Next(mixture.Sentences);
        return kind switch
        {
            CopyKind => _symbols.Copy(random, mixture.MadeUp),
            MappingKind => _symbols.Mapping(random, 2 * count, mixture.MadeUp),
            CipherKind => _symbols.Cipher(random, count, mixture.MadeUp),
            TranslationKind => _translation.Draw(random, count, mixture.Instructed, heldOut),
            StoryKind => _stories.Draw(random, heldOut),
            FactsKind => _facts.Draw(random),
            _ => _episodes.Draw(_tasks[kind], random, Pick(random, mixture.Labels), _tasks[kind].HasShortInputs ? 2 * count : count, mixture, heldOut).Write(),
        };
    }

    private static T Pick<T>(RandomStream random, IReadOnlyList<KeyValuePair<T, double>> weights)
    {
        double at = random.NextDouble() * weights.Sum(weight => weight.Value);
        foreach (var (value, weight) in weights)
        {
            at -= weight;
            if (at < 0) return value;
        }
        return weights[^1].Key;
    }
}
