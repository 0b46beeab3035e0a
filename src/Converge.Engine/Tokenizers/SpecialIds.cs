namespace Converge.Engine.Tokenizers;

/// <summary>The ids with a role of their own, and those that a tokenizer puts around a text.</summary>
/// <param name="Bos">Begins a sequence.</param>
/// <param name="Eos">Ends a sequence.</param>
/// <param name="Unknown">Stands for what the vocabulary cannot spell.</param>
/// <param name="Prefix">Added in front of a text.</param>
/// <param name="Suffix">Added behind a text.</param>
internal sealed record SpecialIds(int? Bos, int? Eos, int? Unknown, int[] Prefix, int[] Suffix)
{
    /// <summary>Puts together what the tokenizer's own file says and what the files beside it declare; the latter wins where it speaks.</summary>
    /// <param name="file">The ids and additions in the tokenizer's own file.</param>
    /// <param name="declared">What the files beside it declare.</param>
    /// <param name="idOf">The id of a token's spelling, or null.</param>
    /// <param name="vocabSize">Ids in <c>config.json</c> that are not below this are not the tokenizer's.</param>
    /// <exception cref="BadInputException">A BOS or EOS is to be added that the tokenizer does not have.</exception>
    public static SpecialIds Resolve(SpecialIds file, DeclaredTokens declared, Func<string, int?> idOf, int vocabSize)
    {
        int? Choose(string? spelling, int? own, int? inConfig)
            => spelling is not null && idOf(spelling) is { } id ? id : own ?? (inConfig < vocabSize ? inConfig : null);

        var bos = Choose(declared.Bos, file.Bos, declared.ConfigBosId);
        var eos = Choose(declared.Eos, file.Eos, declared.ConfigEosId);
        return new SpecialIds(
            bos,
            eos,
            Choose(declared.Unknown, file.Unknown, null),
            Apply(declared.AddBos, bos, file.Prefix, declared.Where, "add_bos_token", "bos_token"),
            Apply(declared.AddEos, eos, file.Suffix, declared.Where, "add_eos_token", "eos_token"));
    }

    private static int[] Apply(bool? wanted, int? id, int[] own, string where, string flag, string token)
    {
        if (wanted is null || (wanted == true && id is { } present && own.Contains(present)))
            return own;
        if (wanted == false)
            return [.. own.Where(x => x != id)];
        return id is { } missing ? [missing]
            : throw new BadInputException(where, $"{flag} is true, but the tokenizer has no such token ({token})", $"Name a {token} of the vocabulary or set {flag} to false");
    }
}
