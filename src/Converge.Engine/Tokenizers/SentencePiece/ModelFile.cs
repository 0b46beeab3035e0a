namespace Converge.Engine.Tokenizers.SentencePiece;

/// <summary>What a <c>tokenizer.model</c> says; the values set here are the format's defaults.</summary>
internal sealed class ModelFile
{
    /// <summary>The vocabulary, by id.</summary>
    public List<Piece> Pieces { get; } = [];

    /// <summary><c>trainer_spec.model_type</c>: 1 unigram, 2 BPE, 3 word, 4 character.</summary>
    public int ModelType { get; set; } = 1;

    /// <summary><c>trainer_spec.byte_fallback</c>: unknown characters are spelled as bytes.</summary>
    public bool ByteFallback { get; set; }

    /// <summary><c>trainer_spec.treat_whitespace_as_suffix</c>: the dummy space goes behind the text.</summary>
    public bool WhitespaceAsSuffix { get; set; }

    /// <summary><c>trainer_spec.bos_piece</c>.</summary>
    public string BosPiece { get; set; } = "<s>";

    /// <summary><c>trainer_spec.eos_piece</c>.</summary>
    public string EosPiece { get; set; } = "</s>";

    /// <summary><c>trainer_spec.unk_surface</c>: what an unknown token decodes to.</summary>
    public string UnknownSurface { get; set; } = " \u2047 ";

    /// <summary><c>normalizer_spec.add_dummy_prefix</c>: a space is put in front of the text.</summary>
    public bool AddDummyPrefix { get; set; } = true;

    /// <summary><c>normalizer_spec.remove_extra_whitespaces</c>: spaces at the ends go, runs become one.</summary>
    public bool RemoveExtraWhitespaces { get; set; } = true;

    /// <summary><c>normalizer_spec.escape_whitespaces</c>: spaces become U+2581.</summary>
    public bool EscapeWhitespaces { get; set; } = true;

    /// <summary>Whether <c>normalizer_spec</c> or <c>denormalizer_spec</c> carries a table of character replacements.</summary>
    public bool HasCharacterMap { get; set; }

    /// <summary>One entry of the vocabulary.</summary>
    /// <param name="Text">Its spelling.</param>
    /// <param name="Score">Higher merges first.</param>
    /// <param name="Type">What it is for.</param>
    internal readonly record struct Piece(string Text, float Score, PieceType Type);
}
