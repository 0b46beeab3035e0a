using System.Text;

namespace Converge.Engine.Tokenizers.Json;

/// <summary>Reads the <c>pre_tokenizer</c> of a <c>tokenizer.json</c>: how text is cut into pieces that no token may cross.</summary>
internal static class PreTokenizer
{
    // English contractions, then letters, numbers or other signs with the space before them, then white space (Radford et al. 2019, GPT-2).
    private const string ByteLevelPattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>The pre-tokenizer as a step on pieces; null where the file has none.</summary>
    /// <exception cref="BadInputException">A kind or member that is not understood.</exception>
    public static Action<PieceList>? Read(Field field)
    {
        if (field.IsNull)
            return null;
        switch (field["type"].Text())
        {
            case "Sequence":
                var steps = field.Only("type", "pretokenizers")["pretokenizers"].Items().Select(Read).OfType<Action<PieceList>>().ToArray();
                return pieces => Array.ForEach(steps, step => step(pieces));
            case "Digits":
                var alone = field.Only("type", "individual_digits")["individual_digits"].Flag(missing: false);
                return new Splitter(UnicodePattern.Fixed(field, @"\p{N}"), alone ? SplitBehavior.Isolated : SplitBehavior.Contiguous, invert: false).Apply;
            case "Split":
                field.Only("type", "pattern", "behavior", "invert");
                return new Splitter(UnicodePattern.Read(field["pattern"]), Behavior(field["behavior"]), field["invert"].Flag(missing: false)).Apply;
            case "ByteLevel":
                return ByteLevel(field.Only("type", "add_prefix_space", "trim_offsets", "use_regex"));
            case "Metaspace":
                return Metaspace(field);
            default:
                throw field.NotSupported($"is of type {field["type"].Text()}");
        }
    }

    private static SplitBehavior Behavior(Field field)
        => Enum.GetValues<SplitBehavior>().Cast<SplitBehavior?>().FirstOrDefault(behavior => behavior.ToString() == field.Text()) ?? throw field.NotSupported($"is {field.Text()}");

    private static Action<PieceList> ByteLevel(Field field)
    {
        var prefixSpace = field["add_prefix_space"].Flag(missing: true);
        var splitter = field["use_regex"].Flag(missing: true) ? new Splitter(UnicodePattern.Fixed(field, ByteLevelPattern), SplitBehavior.Isolated, invert: false) : null;
        return pieces =>
        {
            if (prefixSpace)
                Rewrite(pieces, (piece, _, text) =>
                {
                    if (piece[0] != ' ')
                        text.Append(' ');
                    text.Append(piece);
                });
            splitter?.Apply(pieces);
            Rewrite(pieces, (piece, _, text) => ByteAlphabet.Append(piece, text));
        };
    }

    private static Action<PieceList> Metaspace(Field field)
    {
        var (space, scheme) = MetaspaceScheme(field);
        var splitter = field["split"].Flag(missing: true)
            ? new Splitter(UnicodePattern.Fixed(field, System.Text.RegularExpressions.Regex.Escape(space.ToString())), SplitBehavior.MergedWithNext, invert: false) : null;
        return pieces =>
        {
            Rewrite(pieces, (piece, index, text) =>
            {
                var first = piece[0] == space || piece[0] == ' ';
                if (!first && (scheme == "always" || (scheme == "first" && pieces.AtStart && index == 0)))
                    text.Append(space);
                foreach (var character in piece)
                    text.Append(character == ' ' ? space : character);
            });
            splitter?.Apply(pieces);
        };
    }

    /// <summary>The character that stands for a space and when one is put in front, of a <c>Metaspace</c> pre-tokenizer or decoder.</summary>
    public static (char Space, string Scheme) MetaspaceScheme(Field field)
    {
        field.Only("type", "replacement", "prepend_scheme", "add_prefix_space", "split", "str_rep");
        var replacement = field["replacement"];
        var space = replacement.Text() is { Length: 1 } text ? text[0] : throw replacement.Wrong("is not one character");
        var scheme = field["prepend_scheme"];
        if (scheme.IsNull)
            return (space, field["add_prefix_space"].Flag(missing: true) ? "always" : "never");
        return scheme.Text() is "always" or "first" or "never" ? (space, scheme.Text()) : throw scheme.NotSupported($"is {scheme.Text()}");
    }

    private delegate void Writer(ReadOnlySpan<char> piece, int index, StringBuilder text);

    private static void Rewrite(PieceList pieces, Writer write)
    {
        var text = new StringBuilder(pieces.Text.Length + 8);
        var ranges = new List<(int, int)>(pieces.Ranges.Count);
        for (var i = 0; i < pieces.Ranges.Count; i++)
        {
            var start = text.Length;
            write(pieces[i], i, text);
            ranges.Add((start, text.Length - start));
        }
        pieces.Rewrite(text.ToString(), ranges);
    }
}
