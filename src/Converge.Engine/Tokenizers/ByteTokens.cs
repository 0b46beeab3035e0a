using System.Globalization;

namespace Converge.Engine.Tokenizers;

/// <summary>Tokens that stand for one byte, spelled <c>&lt;0x0A&gt;</c>.</summary>
internal static class ByteTokens
{
    /// <summary>The spelling of a byte.</summary>
    public static string Spelling(byte value) => $"<0x{value:X2}>";

    /// <summary>The byte that a spelling stands for, or null if it stands for none.</summary>
    public static byte? Value(string spelling)
        => spelling.Length == 6 && spelling.StartsWith("<0x", StringComparison.Ordinal) && spelling[5] == '>'
            && byte.TryParse(spelling.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;
}
