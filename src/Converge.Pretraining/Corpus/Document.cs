namespace Converge.Pretraining.Corpus;

/// <summary>A document of the corpus.</summary>
/// <param name="Kind">What it exercises, for the training log: for example <c>sentiment/random</c>.</param>
/// <param name="Parts">Its text.</param>
internal sealed record Document(string Kind, IReadOnlyList<DocumentPart> Parts)
{
    /// <summary>The whole text.</summary>
    public string Text => string.Concat(Parts.Select(part => part.Text));
}

/// <summary>A stretch of a document's text.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsAnswer">Whether it can be known from what precedes it and is what the document is there to teach.</param>
internal sealed record DocumentPart(string Text, bool IsAnswer);
