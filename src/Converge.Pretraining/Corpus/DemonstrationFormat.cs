using Converge.Numerics;

namespace Converge.Pretraining.Corpus;

/// <summary>How demonstrations are set: what stands before an input, between it and the space before its answer, and after the answer.</summary>
internal sealed record DemonstrationFormat(string BeforeInput, string BeforeAnswer, string AfterAnswer)
{
    private static readonly (string Input, string Output)[] General = [("Input", "Output"), ("Text", "Label"), ("Text", "Answer"), ("Question", "Answer"), ("Q", "A"), ("Case", "Class")];

    /// <summary>Headers on two lines and an empty line between demonstrations, as studies set them by default.</summary>
    public static DemonstrationFormat Study(string input, string output) => new($"{input}: ", $"\n{output}:", "\n\n");

    /// <summary>A format by chance; headers are the task's own for the greater part.</summary>
    public static DemonstrationFormat Draw(RandomStream random, Func<(string Input, string Output)> headers)
    {
        var (input, output) = random.NextDouble() < 0.75 ? headers() : General[random.Next(General.Length)];
        return random.Next(10) switch
        {
            < 5 => Study(input, output),
            < 6 => new($"{input}: ", $"\n{output}:", "\n"),
            < 8 => new($"{input}: ", $" {output}:", "\n"),
            8 => new("", " ->", "\n"),
            _ => new("", " =", "\n"),
        };
    }

    /// <summary>A short format, for inputs of a word or two.</summary>
    public static DemonstrationFormat DrawShort(RandomStream random) => random.Next(4) switch
    {
        0 => new("", " ->", "\n"),
        1 => new("Input: ", "\nOutput:", "\n\n"),
        2 => new("Word: ", " Kind:", "\n"),
        _ => new("", " =", "\n"),
    };
}
