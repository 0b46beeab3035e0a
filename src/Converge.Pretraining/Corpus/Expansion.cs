using System.Text;
using Converge.Engine;
using Converge.Numerics;

namespace Converge.Pretraining.Corpus;

/// <summary>Writes out rules of a grammar by chance.</summary>
/// <param name="grammar">The grammar.</param>
/// <param name="random">Chance.</param>
/// <param name="bound">Symbols that a document gives a meaning, each with the words it may be.</param>
/// <param name="heldOut">Whether held-out alternatives take part.</param>
internal sealed class Expansion(Grammar grammar, RandomStream random, IReadOnlyDictionary<string, IReadOnlyList<string>> bound, bool heldOut)
{
    private const int Deepest = 32;
    private readonly StringBuilder _text = new();

    /// <summary>Whether a held-out alternative was used since this was made.</summary>
    public bool UsedHeldOut { get; private set; }

    /// <summary>One text of a rule.</summary>
    public string Of(string rule)
    {
        _text.Clear();
        Append(rule, 0);
        return _text.ToString();
    }

    private void Append(string rule, int depth)
    {
        if (depth > Deepest) throw new InvalidOperationException($"rule '{rule}' of grammar {grammar.Name} goes round in a circle");
        if (bound.TryGetValue(rule, out var words))
        {
            _text.Append(words[random.Next(words.Count)]);
            return;
        }
        var alternative = Choose(rule, grammar[rule]);
        UsedHeldOut |= alternative.HeldOut;
        for (int i = 0; i < alternative.Pieces.Count; i++)
        {
            if (i % 2 == 0) _text.Append(alternative.Pieces[i]);
            else Append(alternative.Pieces[i], depth + 1);
        }
    }

    private Alternative Choose(string rule, IReadOnlyList<Alternative> alternatives)
    {
        int total = 0;
        foreach (var alternative in alternatives) total += Weight(alternative);
        if (total == 0) throw new BadInputException($"grammar {grammar.Name}", $"rule '{rule}' has nothing but held-out alternatives", "Give it one for training");
        int at = random.Next(total);
        foreach (var alternative in alternatives)
        {
            at -= Weight(alternative);
            if (at < 0) return alternative;
        }
        throw new InvalidOperationException("weights do not add up");
    }

    private int Weight(Alternative alternative) => alternative.HeldOut && !heldOut ? 0 : alternative.Weight;
}
