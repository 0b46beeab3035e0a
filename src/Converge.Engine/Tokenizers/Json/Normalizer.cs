using Converge.Engine.Tokenizers.Unicode;

namespace Converge.Engine.Tokenizers.Json;

/// <summary>Reads the <c>normalizer</c> of a <c>tokenizer.json</c>: what is done to text before it is cut into pieces.</summary>
internal static class Normalizer
{
    /// <summary>The normalizer as a function of text; null where the file has none.</summary>
    /// <exception cref="BadInputException">A kind or member that is not understood.</exception>
    public static Func<string, string>? Read(Field field)
    {
        if (field.IsNull)
            return null;
        var type = field["type"].Text();
        switch (type)
        {
            case "Sequence":
                var steps = field.Only("type", "normalizers")["normalizers"].Items().Select(Read).OfType<Func<string, string>>().ToArray();
                return text => steps.Aggregate(text, (current, step) => step(current));
            case "Prepend":
                var prefix = field.Only("type", "prepend")["prepend"].Text();
                return text => text.Length == 0 ? text : prefix + text;
            case "Replace":
                return Replacement(field);
            case "NFC" or "NFD" or "NFKC" or "NFKD":
                field.Only("type");
                var form = Enum.Parse<NormalForm>(type, ignoreCase: true);
                return text => Normalization.Apply(text, form);
            case "Lowercase":
                field.Only("type");
                return text => text.ToLowerInvariant();
            case "Strip":
                field.Only("type", "strip_left", "strip_right");
                var (left, right) = (field["strip_left"].Flag(missing: true), field["strip_right"].Flag(missing: true));
                return text => (left, right) switch
                {
                    (true, true) => text.Trim(),
                    (true, false) => text.TrimStart(),
                    (false, true) => text.TrimEnd(),
                    _ => text,
                };
            default:
                throw field.NotSupported($"is of type {type}");
        }
    }

    /// <summary>A <c>Replace</c> step, which normalizers and decoders share.</summary>
    public static Func<string, string> Replacement(Field field)
    {
        field.Only("type", "pattern", "content");
        var content = field["content"].Text();
        var literal = field["pattern"]["String"];
        if (!literal.IsNull && literal.Text() is { Length: > 0 } text)
            return input => input.Replace(text, content, StringComparison.Ordinal);
        var pattern = UnicodePattern.Read(field["pattern"]);
        return input => pattern.Replace(input, content);
    }
}
