using Converge.Engine;

namespace Converge.Cli.Study;

/// <summary><c>OUT/command.txt</c>: the command that makes a study again, as a shell reads it.</summary>
internal static class StudyCommand
{
    private const string FileName = "command.txt";

    /// <summary>Puts the command on record.</summary>
    /// <exception cref="BadInputException">It cannot be written.</exception>
    public static void Write(string folder, string study, IEnumerable<string> overrides)
    {
        string[] words = ["converge", "run", study, "--out", folder, .. overrides.SelectMany(change => new[] { "--set", change })];
        AtomicFile.WriteText(Path.Combine(folder, FileName), string.Join(' ', words.Select(Quote)) + "\n");
    }

    /// <summary>The commands on record; none where the study was run by other means.</summary>
    public static IReadOnlyList<string> Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        return File.Exists(path) ? File.ReadAllLines(path) : [];
    }

    /// <summary>A word as a POSIX shell reads it back.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./=,:+@%".Contains(letter)) ? word : $"'{word.Replace("'", @"'\''")}'";
}
