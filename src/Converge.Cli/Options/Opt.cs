using System.CommandLine;
using System.CommandLine.Parsing;
using Converge.Cli.Display;

namespace Converge.Cli.Options;

/// <summary>Makes options whose errors say in one line what was seen and what is expected.</summary>
internal static class Opt
{
    /// <summary>An option that must be given: a path or a text.</summary>
    public static Option<string> Required(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value, Required = true };

    /// <summary>An option that may be given: a path or a text.</summary>
    public static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    /// <summary>A switch.</summary>
    public static Option<bool> Switch(string name, string description) => new(name) { Description = description };

    /// <summary>A whole number of at least <paramref name="least"/>, or null where it is not given.</summary>
    public static Option<int?> Count(string name, string description, int least = 1) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, out int number) && number >= least) return number;
            result.AddError($"{name}: '{text}' is not a whole number of at least {least}.");
            return null;
        },
    };

    /// <summary>
    /// <c>--threads</c>, or null where it is not given. More than four for each processor are not started: they would wait for each other and
    /// change no result.
    /// </summary>
    public static Option<int?> Threads(string purpose = "Threads; changes no bit of any result") =>
        Count("--threads", $"{purpose} [default: all processors; at most four for each]");

    /// <summary>The number of threads that <see cref="Threads"/> asks for.</summary>
    public static int ThreadsOf(ParseResult arguments, Option<int?> threads) =>
        Math.Min(arguments.GetValue(threads) ?? Environment.ProcessorCount, 4 * Environment.ProcessorCount);

    /// <summary><c>--memory</c>, in bytes, or null where it is not given.</summary>
    public static Option<long?> Memory() =>
        Size("--memory", "Stay within this: fewer tokens at a time, and weights read block by block where they do not fit; changes no bit [default: what the machine has]");

    /// <summary>A size in bytes: <c>8GiB</c>, <c>500MB</c>, or null where it is not given.</summary>
    public static Option<long?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Quantities.ParseBytes(text) is { } bytes) return bytes;
            result.AddError($"{name}: '{text}' is not a size such as 8GiB or 500MB.");
            return null;
        },
    };

    /// <summary>A finite number in [<paramref name="least"/>, <paramref name="most"/>], with a default.</summary>
    public static Option<double> Number(string name, double fallback, string description, double least = 0, double most = double.MaxValue) => new(name)
    {
        Description = description,
        HelpName = "X",
        DefaultValueFactory = _ => fallback,
        CustomParser = result => result.Tokens.Count == 0 ? fallback : ParseNumber(name, result, least, most) ?? fallback,
    };

    /// <summary>A finite number in [<paramref name="least"/>, <paramref name="most"/>], or null where it is not given.</summary>
    public static Option<double?> OptionalNumber(string name, string description, double least = 0, double most = double.MaxValue) => new(name)
    {
        Description = description,
        HelpName = "X",
        CustomParser = result => ParseNumber(name, result, least, most),
    };

    /// <summary>A seed: a whole number from 0 to 2^64 - 1.</summary>
    public static Option<ulong> Seed(string name, ulong fallback, string description) => new(name)
    {
        Description = description,
        HelpName = "S",
        DefaultValueFactory = _ => fallback,
        CustomParser = result =>
        {
            if (result.Tokens.Count == 0) return fallback;
            if (ulong.TryParse(result.Tokens[0].Value, out ulong number)) return number;
            result.AddError($"{name}: '{result.Tokens[0].Value}' is not a whole number from 0 to {ulong.MaxValue}.");
            return fallback;
        },
    };

    /// <summary>One word out of several; the first is the default.</summary>
    public static Option<string> Choice(string name, string description, params string[] words) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', words),
        DefaultValueFactory = _ => words[0],
        CustomParser = result => Choose(name, words, result),
    };

    /// <summary>One word out of several, which must be given.</summary>
    public static Option<string> RequiredChoice(string name, string description, params string[] words) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', words),
        Required = true,
        CustomParser = result => Choose(name, words, result),
    };

    private static double? ParseNumber(string name, ArgumentResult result, double least, double most)
    {
        var text = result.Tokens[0].Value;
        if (double.TryParse(text, out double number) && double.IsFinite(number) && number >= least && number <= most) return number;
        var range = (least, most) switch
        {
            (0, double.MaxValue) => "number of at least 0",
            (double.Epsilon, double.MaxValue) => "number above 0",
            _ => $"number from {least} to {most}",
        };
        result.AddError($"{name}: '{text}' is not a {range}.");
        return null;
    }

    private static string Choose(string name, string[] words, ArgumentResult result)
    {
        var text = result.Tokens.Count == 0 ? words[0] : result.Tokens[0].Value;
        if (!words.Contains(text)) result.AddError($"{name}: '{text}' is not one of {string.Join(", ", words)}.");
        return text;
    }
}
