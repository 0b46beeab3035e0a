using Converge.Engine.Tokenizers.Json;

namespace Converge.Engine.Tokenizers.Training;

/// <summary>
/// The vocabulary of a byte-level BPE tokenizer. Ids: 0 <c>&lt;unk&gt;</c>, 1 <c>&lt;s&gt;</c>, 2 <c>&lt;/s&gt;</c>, 3 + b for byte b, then one
/// for each merge in order. Tokens are spelled in GPT-2's byte alphabet, where every byte is a printable character and a space is <c>Ġ</c>.
/// </summary>
public sealed class BytePairVocabulary
{
    /// <summary>The number of tokens that are there before any merge: three special ones and 256 bytes.</summary>
    public const int BaseSize = FirstByte + 256;

    /// <summary>The id of byte 0.</summary>
    internal const int FirstByte = 3;

    /// <summary>The special tokens in order of their ids.</summary>
    internal static readonly string[] Special = ["<unk>", "<s>", "</s>"];

    /// <summary>Makes a vocabulary.</summary>
    /// <param name="merges">The pairs that merge, earliest first; each joins two tokens that are there before it into a new one.</param>
    /// <exception cref="ArgumentException">A merge names a token that is not there before it, or makes one that is.</exception>
    public BytePairVocabulary(IReadOnlyList<(string Left, string Right)> merges)
    {
        ArgumentNullException.ThrowIfNull(merges);
        List<string> tokens = [.. Special, .. Enumerable.Range(0, 256).Select(value => ByteAlphabet.Character((byte)value).ToString())];
        var mergeable = tokens.Skip(FirstByte).ToHashSet(StringComparer.Ordinal);
        foreach (var (left, right) in merges)
        {
            var merged = left + right;
            if (!mergeable.Contains(left) || !mergeable.Contains(right) || Special.Contains(merged) || !mergeable.Add(merged))
                throw new ArgumentException($"The merge of '{left}' and '{right}' does not make a new token of two earlier ones.", nameof(merges));
            tokens.Add(merged);
        }
        Merges = [.. merges];
        Tokens = tokens;
    }

    /// <summary>The vocabulary without merges: every byte of a text's UTF-8 is a token.</summary>
    public static BytePairVocabulary Bytes { get; } = new([]);

    /// <summary>The spellings of the pairs that merge, earliest first; merge i makes the token with id <see cref="BaseSize"/> + i.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges { get; }

    /// <summary>The spellings of all tokens, special ones included; the index is the id.</summary>
    public IReadOnlyList<string> Tokens { get; }
}
