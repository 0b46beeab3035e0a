using System.Text.Json;

namespace Converge.Studies.Spec;

/// <summary>The words by which files name the members of an enumeration: snake_case.</summary>
internal static class SpecWords
{
    /// <summary>Every member under its word.</summary>
    public static IReadOnlyDictionary<string, T> Of<T>() where T : struct, Enum => Enum.GetValues<T>().ToDictionary(Word, value => value);

    /// <summary>The word of one member.</summary>
    public static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
