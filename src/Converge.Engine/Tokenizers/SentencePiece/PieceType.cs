namespace Converge.Engine.Tokenizers.SentencePiece;

/// <summary>What a piece of a SentencePiece vocabulary is for (<c>ModelProto.SentencePiece.Type</c>).</summary>
internal enum PieceType
{
    /// <summary>Text, made by merging.</summary>
    Normal = 1,

    /// <summary>Stands for what the vocabulary cannot spell.</summary>
    Unknown = 2,

    /// <summary>Never matches text: BOS, EOS, padding.</summary>
    Control = 3,

    /// <summary>Text that is always one token.</summary>
    UserDefined = 4,

    /// <summary>Left out of the vocabulary after training.</summary>
    Unused = 5,

    /// <summary>One byte of what no other piece can spell.</summary>
    Byte = 6,
}
