using System.Text;

namespace Converge.Engine.Tokenizers.Json;

/// <summary>
/// The printable characters that byte-level BPE writes bytes as: the visible ones of Latin-1 stand for themselves, the other 68 bytes are
/// numbered upwards from U+0100 (Radford et al. 2019, GPT-2).
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] ToChar = Build();
    private static readonly Dictionary<char, byte> ToByte = ToChar.Select((character, value) => (character, value)).ToDictionary(pair => pair.character, pair => (byte)pair.value);

    /// <summary>The character that stands for a byte.</summary>
    public static char Character(byte value) => ToChar[value];

    /// <summary>Appends the characters for the UTF-8 bytes of a text.</summary>
    public static void Append(ReadOnlySpan<char> text, StringBuilder written)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
            foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
                written.Append(ToChar[value]);
    }

    /// <summary>The text whose bytes a sequence of tokens writes; a token with other characters in it stands for itself.</summary>
    public static string Text(IEnumerable<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            var start = bytes.Count;
            foreach (var character in token)
            {
                if (ToByte.TryGetValue(character, out var value))
                {
                    bytes.Add(value);
                    continue;
                }
                bytes.RemoveRange(start, bytes.Count - start);
                bytes.AddRange(Encoding.UTF8.GetBytes(token));
                break;
            }
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static char[] Build()
    {
        var characters = new char[256];
        var next = '\u0100';
        for (var value = 0; value < 256; value++)
            characters[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)value : next++;
        return characters;
    }
}
