using System.Text;

namespace Converge.Engine.Tokenizers.SentencePiece;

/// <summary>What SentencePiece does to spaces before it encodes: the dummy prefix, extra spaces, and U+2581 in place of a space.</summary>
internal sealed class WhitespaceNormalizer(ModelFile model, UserSymbols symbols)
{
    private readonly char _space = model.EscapeWhitespaces ? SpaceBoundaries.Space : ' ';

    /// <summary>The text as the model's pieces spell it.</summary>
    public string Normalize(string text)
    {
        var rest = text.AsSpan();
        if (model.RemoveExtraWhitespaces)
            rest = SkipLeading(rest);
        if (rest.IsEmpty)
            return "";

        var normalized = new StringBuilder(rest.Length + 1);
        if (model.AddDummyPrefix && !model.WhitespaceAsSuffix)
            normalized.Append(_space);
        var afterSpace = model.RemoveExtraWhitespaces;
        while (!rest.IsEmpty)
        {
            var length = symbols.LengthAt(rest, out _);
            var part = rest[..length];
            rest = rest[length..];
            if (afterSpace)
                part = part.TrimStart(' ');
            foreach (var character in part)
                normalized.Append(character == ' ' ? _space : character);
            if (!part.IsEmpty)
                afterSpace = model.RemoveExtraWhitespaces && part[^1] == ' ';
        }
        if (model.RemoveExtraWhitespaces)
            while (normalized.Length > 0 && normalized[^1] == _space)
                normalized.Length--;
        if (model.AddDummyPrefix && model.WhitespaceAsSuffix)
            normalized.Append(_space);
        return normalized.ToString();
    }

    // A user-defined symbol that begins with spaces but is more than one space stays.
    private ReadOnlySpan<char> SkipLeading(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty && symbols.LengthAt(text, out _) == 1 && text[0] == ' ')
            text = text[1..];
        return text;
    }
}
