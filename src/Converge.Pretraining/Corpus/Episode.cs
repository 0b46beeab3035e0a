namespace Converge.Pretraining.Corpus;

/// <summary>A few-shot document: sentences, each with the label of its class.</summary>
internal sealed record Episode
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

    /// <summary>Whether the labels are the classes' usual names, so that one of them tells the others.</summary>
    public required bool UsualLabels { get; init; }

    /// <summary>The document. An answer counts as one where it can be known.</summary>
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
            parts.Add(new DocumentPart(" " + label, IsKnown(label, seen)));
            seen.Add(label);
            before = Format.AfterAnswer;
        }
        return new Document(Kind, parts);
    }

    // Usual names are known once one of them, or the instruction, says which set of names it is. Any other label is known once a demonstration of its class has
    // shown it, or, where the instruction names all labels, once demonstrations of all other classes have shown theirs.
    private bool IsKnown(string label, HashSet<string> seen)
    {
        bool instructed = Instruction.Length > 0;
        return UsualLabels ? instructed || seen.Count > 0 : seen.Contains(label) || (instructed && seen.Count == Labels.Count - 1);
    }

    /// <summary>The prompt whose answer is that of the last sentence.</summary>
    public string Prompt()
    {
        var all = string.Concat(Items.SkipLast(1).Select(item => Format.BeforeInput + item.Sentence + Format.BeforeAnswer + " " + Labels[item.Class] + Format.AfterAnswer));
        return Instruction + all + Format.BeforeInput + Items[^1].Sentence + Format.BeforeAnswer;
    }
}
