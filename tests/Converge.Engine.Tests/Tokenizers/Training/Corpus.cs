using System.Text;
using System.Text.RegularExpressions;
using Converge.Engine.Tokenizers.Json;

namespace Converge.Engine.Tests.Tokenizers.Training;

/// <summary>Made-up text for training a vocabulary.</summary>
internal static class Corpus
{
    private static readonly string[] Syllables = ["ka", "lo", "mi", "ren", "tos", "u", "shi", "é", "ba", "nd", "ing", "ž"];

    /// <summary>A sentence of words, some of which are common, with a number in it.</summary>
    public static string Sentence(Random random)
    {
        string Word() => string.Concat(Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Syllables[(int)(Syllables.Length * random.NextDouble() * random.NextDouble())]));
        return string.Join(' ', Enumerable.Range(0, 3 + random.Next(9)).Select(_ => Word())) + $", {random.Next(2000)}.\n";
    }

    /// <summary>The words of a text that has letters and white space alone, each as a list of its bytes as they are spelled.</summary>
    public static IEnumerable<List<string>> Words(string text)
        => Regex.Matches(text, @" ?\p{L}+|\s+(?!\S)|\s+").Select(match => Encoding.UTF8.GetBytes(match.Value).Select(value => ByteAlphabet.Character(value).ToString()).ToList());
}
