namespace Converge.Pretraining.Corpus;

/// <summary>A few-shot document: sentences, each with the label of its class.</summary>
internal sealed class Episode
{
    /// <summary>The kind of the document, for the log.</summary>
    public required string Kind { get; init; }

    /// <summary>The instruction with what follows it, or nothing.</summary>
    public required string Instruction { get; init; }

    /// <summary>How demonstrations are set.</summary>
    public required DemonstrationFormat Format { get; init; }

    /// <summary>The label of each class.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The sentences, each with its class.</summary>
    public required IReadOnlyList<(string Sentence, int Class)> Items { get; init; }

    /// <summary>Whether the first answer can be known: the labels are usual ones.</summary>
    public required bool FirstIsKnown { get; init; }

    /// <summary>The document. An answer counts as one from the moment that its label was named.</summary>
    public Document Write()
    {
        var parts = new List<DocumentPart>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var before = Instruction;
        for (int i = 0; i < Items.Count; i++)
        {
            var (sentence, ofClass) = Items[i];
            var label = Labels[ofClass];
            parts.Add(new DocumentPart(before + Format.BeforeInput + sentence + Format.BeforeAnswer, false));
            bool named = seen.Contains(label) || (Instruction.Length > 0 && seen.Count > 0);
            parts.Add(new DocumentPart(" " + label, FirstIsKnown || named));
            seen.Add(label);
            before = Format.AfterAnswer;
        }
        return new Document(Kind, parts);
    }

    /// <summary>The prompt whose answer is that of the last sentence.</summary>
    public string Prompt()
    {
        var all = string.Concat(Items.SkipLast(1).Select(item => Format.BeforeInput + item.Sentence + Format.BeforeAnswer + " " + Labels[item.Class] + Format.AfterAnswer));
        return Instruction + all + Format.BeforeInput + Items[^1].Sentence + Format.BeforeAnswer;
    }
}
