using System.Runtime.CompilerServices;
using Converge.Engine.Tokenizers;
using Converge.Numerics;

namespace Converge.Studies.Conditions;

/// <summary>Tokens drawn uniformly from those of a vocabulary that spell something and have no special meaning.</summary>
/// <param name="tokenizer">The model's tokenizer.</param>
internal sealed class RandomTokens(Tokenizer tokenizer)
{
    // Every unit asks, and looking at a whole vocabulary takes a while.
    private static readonly ConditionalWeakTable<Tokenizer, int[]> Vocabularies = [];

    private readonly int[] _plain = Vocabularies.GetValue(tokenizer, known => [.. Enumerable.Range(0, known.VocabSize).Where(id => IsPlain(known, id))]);

    /// <summary>The first <paramref name="count"/> of the sequence that <paramref name="seed"/> and <paramref name="stream"/> give; more only appends.</summary>
    public int[] Of(ulong seed, ulong stream, int count)
    {
        var random = new RandomStream(seed, stream);
        return [.. Enumerable.Range(0, count).Select(_ => _plain[random.Next(_plain.Length)])];
    }

    private static bool IsPlain(Tokenizer tokenizer, int id)
    {
        try
        {
            return id != tokenizer.BosId && id != tokenizer.EosId && id != tokenizer.UnknownId && tokenizer.Decode([id], skipSpecial: true).Length > 0;
        }
        catch (Engine.BadInputException)
        {
            // An id between the vocabulary and its added tokens that stands for nothing.
            return false;
        }
    }
}
