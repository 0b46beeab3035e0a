using System.Globalization;
using System.Text.RegularExpressions;
using Converge.Engine;

namespace Converge.Pretraining.Corpus;

/// <summary>Reads the text of a grammar.</summary>
internal static partial class GrammarReader
{
    /// <exception cref="BadInputException">A line is malformed, or a rule comes twice or has no alternative.</exception>
    public static Grammar Read(string name, string text, Grammar? shared = null)
    {
        var rules = new Dictionary<string, IReadOnlyList<Alternative>>(StringComparer.Ordinal);
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        List<Alternative>? block = null;
        int number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            string where = $"grammar {name}, line {number}";
            if (BlockHead().Match(line) is { Success: true } head) Add(where, head.Groups[1].Value, block = []);
            else if (InlineRule().Match(line) is { Success: true } inline)
            {
                Add(where, inline.Groups[1].Value, Inline(where, inline.Groups[2].Value));
                block = null;
            }
            else if (block is not null) block.Add(BlockLine(where, line));
            else throw new BadInputException(where, $"'{line}' belongs to no rule", "Begin a rule with 'name: words' or '= name'");
        }
        foreach (var (rule, alternatives) in rules)
            if (alternatives.Count == 0) throw new BadInputException(places[rule], $"rule '{rule}' has no alternative", "Give it at least one");
        return new Grammar(name, rules, shared);

        void Add(string where, string rule, IReadOnlyList<Alternative> alternatives)
        {
            if (!rules.TryAdd(rule, alternatives)) throw new BadInputException(where, $"rule '{rule}' is there already", "Give each rule once");
            places[rule] = where;
        }
    }

    private static List<Alternative> Inline(string where, string words)
    {
        var alternatives = new List<Alternative>();
        bool heldOut = false;
        foreach (var word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word == "!") heldOut = true;
            else alternatives.Add(new Alternative(Pieces(where, word), 1, heldOut));
        }
        return alternatives;
    }

    private static Alternative BlockLine(string where, string line)
    {
        bool heldOut = line.StartsWith("! ", StringComparison.Ordinal);
        if (heldOut) line = line[2..];
        int weight = 1;
        if (Weighted().Match(line) is { Success: true } weighted)
        {
            if (!int.TryParse(weighted.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out weight) || weight == 0)
                throw new BadInputException(where, $"'{weighted.Groups[1].Value}' is no weight", "Give a whole number from 1");
            line = weighted.Groups[2].Value;
        }
        return new Alternative(Pieces(where, line), weight, heldOut);
    }

    private static string[] Pieces(string where, string text)
    {
        if (text[0] == '!') throw new BadInputException(where, $"in '{text}' the mark '!' is not where it belongs", "Write '! ' with a blank, before the words or the weight");
        var pieces = Symbol().Split(text);
        if (pieces.Any(piece => piece.AsSpan().ContainsAny('{', '}'))) throw new BadInputException(where, $"'{text}' has braces around what is no name; no rule can be called that", "Write {name} in lower-case letters and '_'");
        return pieces;
    }

    [GeneratedRegex("^= ([a-z_]+)$")]
    private static partial Regex BlockHead();

    [GeneratedRegex("^([a-z_]+):\\s+(.+)$")]
    private static partial Regex InlineRule();

    [GeneratedRegex("^([0-9]+)x (.+)$")]
    private static partial Regex Weighted();

    [GeneratedRegex("\\{([a-z_]+)\\}")]
    private static partial Regex Symbol();
}
