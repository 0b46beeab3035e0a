namespace Converge.Pretraining.Corpus;

/// <summary>Which of a grammar's sentences are drawn.</summary>
internal enum SentenceSplit
{
    /// <summary>Those that training reads.</summary>
    Training,

    /// <summary>Words and templates of training in sentences that it never reads: the held-out eighth.</summary>
    NewSentence,

    /// <summary>With a word or a template that no labelled sentence of the training has.</summary>
    NewWording,

    /// <summary>Both kinds of new ones, as the grammar gives them.</summary>
    HeldOut,
}
