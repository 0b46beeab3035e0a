namespace Converge.Engine.Tokenizers.Json;

/// <summary>Reads the <c>post_processor</c> of a <c>tokenizer.json</c>: the special tokens around a text.</summary>
internal static class PostProcessor
{
    /// <summary>The ids in front of a text and behind it.</summary>
    /// <param name="field">The post-processor; may be null.</param>
    /// <param name="spellingOf">The spelling of an id, or null.</param>
    /// <exception cref="BadInputException">A kind or member that is not understood, or a token that is not the vocabulary's.</exception>
    public static (int[] Prefix, int[] Suffix) Read(Field field, Func<int, string?> spellingOf)
    {
        if (field.IsNull)
            return ([], []);
        switch (field["type"].Text())
        {
            case "ByteLevel":
                // It only moves the offsets of tokens.
                field.Only("type", "add_prefix_space", "trim_offsets", "use_regex");
                return ([], []);
            case "Sequence":
                var (prefix, suffix) = (Array.Empty<int>(), Array.Empty<int>());
                foreach (var step in field.Only("type", "processors")["processors"].Items())
                {
                    var (before, behind) = Read(step, spellingOf);
                    (prefix, suffix) = ([.. before, .. prefix], [.. suffix, .. behind]);
                }
                return (prefix, suffix);
            case "TemplateProcessing":
                return Template(field.Only("type", "single", "pair", "special_tokens"), spellingOf);
            default:
                throw field.NotSupported($"is of type {field["type"].Text()}");
        }
    }

    private static (int[] Prefix, int[] Suffix) Template(Field field, Func<int, string?> spellingOf)
    {
        var (prefix, suffix) = (new List<int>(), new List<int>());
        var sequences = 0;
        foreach (var item in field["single"].Items())
        {
            item.Only("SpecialToken", "Sequence");
            if (item["SpecialToken"].IsNull)
            {
                sequences += item["Sequence"]["id"].Text() == "A" ? 1 : throw item.Wrong("names a second sequence in the template for one");
                continue;
            }
            var token = field["special_tokens"][item["SpecialToken"]["id"].Text()];
            var ids = token["ids"].Items().Select(id => id.Count(BytePairModel.MaxId)).ToArray();
            var spellings = token["tokens"].Items().Select(spelling => spelling.Text()).ToArray();
            if (!ids.Select(spellingOf).SequenceEqual(spellings))
                throw token.Wrong($"gives the ids [{string.Join(", ", ids)}], which the vocabulary spells otherwise");
            (sequences == 0 ? prefix : suffix).AddRange(ids);
        }
        return sequences == 1 ? ([.. prefix], [.. suffix]) : throw field["single"].Wrong($"names the text {sequences} times");
    }
}
