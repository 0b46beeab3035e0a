namespace Converge.Engine;

/// <summary>
/// Something the user gave cannot be used: a file, an option, a value. Shown as one line, without a stack trace, and ends the
/// program with exit code 2. Everything else that goes wrong is a failure of ours (exit code 1).
/// </summary>
/// <param name="where">The place: a path, a path with a line, an option, a YAML key.</param>
/// <param name="what">What is wrong there, with the values seen and expected.</param>
/// <param name="mend">What the user can do about it.</param>
public sealed class BadInputException(string where, string what, string mend) : Exception($"{where}: {what}. {mend}.")
{
    /// <summary>The place: a path, a path with a line, an option, a YAML key.</summary>
    public string Where { get; } = where;

    /// <summary>What is wrong there.</summary>
    public string What { get; } = what;

    /// <summary>What the user can do about it.</summary>
    public string Mend { get; } = mend;
}
