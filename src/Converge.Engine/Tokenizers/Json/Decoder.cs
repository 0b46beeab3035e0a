using System.Text;

namespace Converge.Engine.Tokenizers.Json;

/// <summary>Reads the <c>decoder</c> of a <c>tokenizer.json</c>: how token spellings become text again.</summary>
internal static class Decoder
{
    /// <summary>The decoder as a step on spellings, whose results are joined; null where the file has none.</summary>
    /// <exception cref="BadInputException">A kind or member that is not understood.</exception>
    public static Func<List<string>, List<string>>? Read(Field field)
    {
        if (field.IsNull)
            return null;
        switch (field["type"].Text())
        {
            case "Sequence":
                var steps = field.Only("type", "decoders")["decoders"].Items().Select(Read).OfType<Func<List<string>, List<string>>>().ToArray();
                return tokens => steps.Aggregate(tokens, (current, step) => step(current));
            case "Replace":
                var replace = Normalizer.Replacement(field);
                return tokens => tokens.ConvertAll(token => replace(token));
            case "ByteFallback":
                field.Only("type");
                return JoinBytes;
            case "Fuse":
                field.Only("type");
                return tokens => [string.Concat(tokens)];
            case "Strip":
                return Strip(field.Only("type", "content", "start", "stop"));
            case "ByteLevel":
                field.Only("type", "add_prefix_space", "trim_offsets", "use_regex");
                return tokens => [ByteAlphabet.Text(tokens)];
            case "Metaspace":
                var (space, scheme) = PreTokenizer.MetaspaceScheme(field);
                return tokens => [.. tokens.Select((token, i) => token.Replace(space.ToString(), i == 0 && scheme != "never" ? "" : " "))];
            default:
                throw field.NotSupported($"is of type {field["type"].Text()}");
        }
    }

    // A run of byte tokens is text if it is UTF-8 as a whole, else one replacement character for each byte.
    private static List<string> JoinBytes(List<string> tokens)
    {
        var joined = new List<string>(tokens.Count);
        var bytes = new List<byte>();
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        void Flush()
        {
            if (bytes.Count == 0)
                return;
            try
            {
                joined.Add(strict.GetString([.. bytes]));
            }
            catch (DecoderFallbackException)
            {
                joined.Add(new string('\uFFFD', bytes.Count));
            }
            bytes.Clear();
        }
        foreach (var token in tokens)
        {
            if (ByteTokens.Value(token) is { } value)
            {
                bytes.Add(value);
                continue;
            }
            Flush();
            joined.Add(token);
        }
        Flush();
        return joined;
    }

    private static Func<List<string>, List<string>> Strip(Field field)
    {
        var content = field["content"].Text() is { Length: 1 } text ? text[0] : throw field["content"].Wrong("is not one character");
        var (start, stop) = (field["start"].Count(int.MaxValue), field["stop"].Count(int.MaxValue));
        return tokens => tokens.ConvertAll(token =>
        {
            var (from, to) = (0, token.Length);
            while (from < to && from < start && token[from] == content)
                from++;
            while (to > from && token.Length - to < stop && token[to - 1] == content)
                to--;
            return token[from..to];
        });
    }
}
