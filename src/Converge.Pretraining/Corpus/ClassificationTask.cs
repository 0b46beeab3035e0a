using Converge.Numerics;

namespace Converge.Pretraining.Corpus;

/// <summary>A task of the corpus: sentences of some classes, with the words that usually name the classes.</summary>
internal sealed class ClassificationTask
{
    // Words of a document's own taste, on each side.
    private const int MostTastes = 3;
    private static readonly Dictionary<string, IReadOnlyList<string>> NothingBound = [];
    private readonly Grammar _grammar;
    private readonly string[] _classes;

    /// <param name="grammar">A grammar with the rule classes and one for each class; labels where their usual names are others; input, output and instruction where inputs are sentences.</param>
    public ClassificationTask(Grammar grammar)
    {
        _grammar = grammar;
        _classes = [.. grammar.Words("classes")];
    }

    /// <summary>The task's name.</summary>
    public string Name => _grammar.Name;

    /// <summary>The number of classes.</summary>
    public int Classes => _classes.Length;

    /// <summary>Whether inputs are single words, without headers or instructions.</summary>
    public bool HasShortInputs => !_grammar.Has("input");

    /// <summary>What a document binds for all its sentences: which of the words of taste its writer likes, in tasks that have them; held-out ones take part where <paramref name="heldOut"/> says so.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Bind(RandomStream random, bool heldOut)
    {
        if (!_grammar.Has("taste")) return NothingBound;
        var words = _grammar.Words("taste", heldOut ? null : false);
        int count = 1 + random.Next(MostTastes);
        int[] drawn = random.Sample(words.Count, 2 * count);
        return new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["liked"] = [.. drawn.Take(count).Select(i => words[i])],
            ["disliked"] = [.. drawn.Skip(count).Select(i => words[i])],
        };
    }

    /// <summary>A sentence of a class.</summary>
    public string Sentence(RandomStream random, int ofClass, IReadOnlyDictionary<string, IReadOnlyList<string>> bound, SentenceSplit split)
    {
        bool heldOutAlternatives = split is SentenceSplit.NewWording or SentenceSplit.HeldOut;
        for (int attempt = 0; attempt < 1000; attempt++)
        {
            var expansion = new Expansion(_grammar, random, bound, heldOutAlternatives);
            var text = expansion.Of(_classes[ofClass]);
            bool isNew = expansion.UsedHeldOut || HeldOut.Contains(text);
            if (split == SentenceSplit.NewWording ? expansion.UsedHeldOut : isNew == (split != SentenceSplit.Training)) return text;
        }
        throw new InvalidOperationException($"grammar {Name} hardly ever gives a sentence of class {_classes[ofClass]} for {split}");
    }

    /// <summary>A usual name for each class.</summary>
    public string[] UsualLabels(RandomStream random) => _grammar.Has("labels") ? One("labels", random, heldOut: false).Split(' ') : _classes;

    /// <summary>Every usual name of every class.</summary>
    public IEnumerable<string> AllUsualLabels() => _grammar.Has("labels") ? _grammar.Words("labels").SelectMany(line => line.Split(' ')) : _classes;

    /// <summary>An instruction that names these labels.</summary>
    public string Instruction(RandomStream random, IReadOnlyList<string> labels, bool heldOut)
    {
        var named = labels.Count == 2 ? $"{labels[0]} or {labels[1]}" : $"{string.Join(", ", labels.Take(labels.Count - 1))} or {labels[^1]}";
        var bound = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["labels"] = [named] };
        return new Expansion(_grammar, random, bound, heldOut).Of("instruction");
    }

    /// <summary>The word that announces a sentence, without its colon.</summary>
    public string InputHeader(RandomStream random, bool heldOut) => One("input", random, heldOut);

    /// <summary>The word that announces an answer, without its colon.</summary>
    public string OutputHeader(RandomStream random, bool heldOut) => One("output", random, heldOut);

    private string One(string rule, RandomStream random, bool heldOut) => new Expansion(_grammar, random, NothingBound, heldOut).Of(rule);
}
