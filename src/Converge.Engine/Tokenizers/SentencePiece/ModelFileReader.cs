using Google.Protobuf;

namespace Converge.Engine.Tokenizers.SentencePiece;

/// <summary>Reads the fields of SentencePiece's <c>ModelProto</c> that matter for encoding; field numbers are those of its published schema.</summary>
internal static class ModelFileReader
{
    /// <summary>Reads a model.</summary>
    /// <exception cref="BadInputException">The bytes are not a well-formed message.</exception>
    public static ModelFile Read(string path, byte[] bytes)
    {
        var model = new ModelFile();
        try
        {
            using var input = new CodedInputStream(bytes);
            Each(input, (field, message) =>
            {
                switch (field)
                {
                    case 1: Message(message, inner => model.Pieces.Add(ReadPiece(inner))); break;
                    case 2: Message(message, inner => ReadTrainer(inner, model)); break;
                    case 3: Message(message, inner => ReadNormalizer(inner, model)); break;
                    case 5: Message(message, inner => ReadDenormalizer(inner, model)); break;
                    default: message.SkipLastField(); break;
                }
            });
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or ArgumentException)
        {
            throw new BadInputException(path, "is not a SentencePiece model (a truncated or malformed protobuf message)", "Take the file from the checkpoint again");
        }
        return model;
    }

    private static ModelFile.Piece ReadPiece(CodedInputStream input)
    {
        var piece = new ModelFile.Piece("", 0, PieceType.Normal);
        Each(input, (field, value) =>
        {
            switch (field)
            {
                case 1: piece = piece with { Text = value.ReadString() }; break;
                case 2: piece = piece with { Score = value.ReadFloat() }; break;
                case 3: piece = piece with { Type = (PieceType)value.ReadEnum() }; break;
                default: value.SkipLastField(); break;
            }
        });
        return piece;
    }

    private static void ReadTrainer(CodedInputStream input, ModelFile model) => Each(input, (field, value) =>
    {
        switch (field)
        {
            case 3: model.ModelType = value.ReadEnum(); break;
            case 24: model.WhitespaceAsSuffix = value.ReadBool(); break;
            case 35: model.ByteFallback = value.ReadBool(); break;
            case 44: model.UnknownSurface = value.ReadString(); break;
            case 46: model.BosPiece = value.ReadString(); break;
            case 47: model.EosPiece = value.ReadString(); break;
            default: value.SkipLastField(); break;
        }
    });

    private static void ReadNormalizer(CodedInputStream input, ModelFile model) => Each(input, (field, value) =>
    {
        switch (field)
        {
            case 2: model.HasCharacterMap |= !value.ReadBytes().IsEmpty; break;
            case 3: model.AddDummyPrefix = value.ReadBool(); break;
            case 4: model.RemoveExtraWhitespaces = value.ReadBool(); break;
            case 5: model.EscapeWhitespaces = value.ReadBool(); break;
            default: value.SkipLastField(); break;
        }
    });

    private static void ReadDenormalizer(CodedInputStream input, ModelFile model) => Each(input, (field, value) =>
    {
        if (field == 2)
            model.HasCharacterMap |= !value.ReadBytes().IsEmpty;
        else
            value.SkipLastField();
    });

    private static void Each(CodedInputStream input, Action<int, CodedInputStream> read)
    {
        while (input.ReadTag() is var tag && tag != 0)
            read(WireFormat.GetTagFieldNumber(tag), input);
    }

    private static void Message(CodedInputStream input, Action<CodedInputStream> read)
    {
        using var inner = input.ReadBytes().CreateCodedInput();
        read(inner);
    }
}
