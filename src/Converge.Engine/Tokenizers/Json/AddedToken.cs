namespace Converge.Engine.Tokenizers.Json;

/// <summary>A token that is found in text before anything else happens to it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its spelling.</param>
/// <param name="Special">Left out when decoding.</param>
/// <param name="LeftStrip">Takes the white space before it.</param>
/// <param name="RightStrip">Takes the white space behind it.</param>
/// <param name="SingleWord">Does not match inside a word.</param>
/// <param name="Normalized">Is looked for in normalised text, spelled as the normaliser spells it.</param>
internal sealed record AddedToken(int Id, string Content, bool Special, bool LeftStrip, bool RightStrip, bool SingleWord, bool Normalized)
{
    /// <summary>Reads one entry of <c>added_tokens</c>.</summary>
    public static AddedToken Read(Field field)
    {
        field.Only("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
        var special = field["special"].Flag(missing: false);
        return new AddedToken(
            field["id"].Count(BytePairModel.MaxId),
            field["content"].Text(),
            special,
            field["lstrip"].Flag(missing: false),
            field["rstrip"].Flag(missing: false),
            field["single_word"].Flag(missing: false),
            field["normalized"].Flag(missing: !special));
    }
}
