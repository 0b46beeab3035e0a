using System.Globalization;
using System.Text.Json;

namespace Converge.Engine.Checkpoints;

/// <summary>Writes numbers that Python must read as <c>float</c>.</summary>
internal static class JsonFloats
{
    /// <summary>Writes a number with a decimal point or an exponent: readers in Python refuse an <c>int</c> where they want a <c>float</c>.</summary>
    public static void WriteFloat(this Utf8JsonWriter writer, string field, double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        writer.WritePropertyName(field);
        writer.WriteRawValue(text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0");
    }
}
