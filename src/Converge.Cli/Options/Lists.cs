using System.CommandLine;
using System.CommandLine.Parsing;

namespace Converge.Cli.Options;

/// <summary>Options whose value is a list with commas.</summary>
internal static class Lists
{
    /// <summary>Words out of several; the option alone, without a value, means all of them and gives null.</summary>
    public static Option<IReadOnlyList<string>?> Words(string name, string description, params string[] words) =>
        List(name, description, string.Join(',', words), $"not one of {string.Join(", ", words)}", word => words.Contains(word) ? word : null, ArgumentArity.ZeroOrOne);

    /// <summary>Whole numbers of at least one.</summary>
    public static Option<IReadOnlyList<int>?> Counts(string name, string description)
    {
        const int most = 1 << 16;
        return new Option<IReadOnlyList<int>?>(name)
        {
            Description = description,
            HelpName = "N,N,...",
            CustomParser = result => Parse<object>(name, $"not a whole number from 1 to {most}", text => int.TryParse(text, out int number) && number is >= 1 and <= most ? number : null, result)?.Cast<int>().ToList(),
        };
    }

    /// <summary>Anything that <paramref name="read"/> makes of a word; null is no item.</summary>
    public static Option<IReadOnlyList<T>?> List<T>(string name, string description, string value, string wrong, Func<string, T?> read, ArgumentArity arity)
        where T : class => new(name)
        {
            Description = description,
            HelpName = value,
            Arity = arity,
            CustomParser = result => result.Tokens.Count == 0 ? null : Parse(name, wrong, read, result),
        };

    private static List<T>? Parse<T>(string name, string wrong, Func<string, T?> read, ArgumentResult result)
        where T : class
    {
        var items = new List<T>();
        foreach (var text in result.Tokens[0].Value.Split(','))
        {
            if (read(text) is { } item) items.Add(item);
            else
            {
                result.AddError($"{name}: '{text}' is {wrong}.");
                return null;
            }
        }
        return items;
    }
}
