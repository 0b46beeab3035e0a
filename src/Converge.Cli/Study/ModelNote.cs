using Converge.Engine;

namespace Converge.Cli.Study;

/// <summary>A text beside a checkpoint that every report on it shows, for example that its weights are random.</summary>
internal static class ModelNote
{
    private const string FileName = "MODEL_NOTE.txt";

    /// <summary>Puts a note beside a checkpoint.</summary>
    /// <exception cref="BadInputException">It cannot be written.</exception>
    public static void Write(string directory, string note) => AtomicFile.WriteText(Path.Combine(directory, FileName), note + "\n");

    /// <summary>The note of a checkpoint, or null.</summary>
    public static string? Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        return File.Exists(path) ? File.ReadAllText(path).Trim() : null;
    }
}
