namespace Converge.Pretraining.Corpus;

/// <summary>How a document names its classes.</summary>
internal enum LabelKind
{
    /// <summary>By their usual names.</summary>
    Usual,

    /// <summary>By their usual names, exchanged: what is positive is called negative.</summary>
    Flipped,

    /// <summary>By words that only this document gives a meaning.</summary>
    Random,
}
