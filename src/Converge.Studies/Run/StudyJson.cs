using System.Text.Json;
using System.Text.Json.Serialization;

namespace Converge.Studies.Run;

/// <summary>How a study's JSON files are written: snake_case, numbers exact.</summary>
internal static class StudyJson
{
    /// <summary>On one line.</summary>
    public static JsonSerializerOptions Line { get; } = Create(indented: false);

    /// <summary>On one line, leaving out what is absent.</summary>
    public static JsonSerializerOptions Row { get; } = new(Line) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>For people to read.</summary>
    public static JsonSerializerOptions Page { get; } = Create(indented: true);

    private static JsonSerializerOptions Create(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        WriteIndented = indented,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };
}
