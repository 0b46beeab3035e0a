using System.Reflection;
using Converge.Engine;

namespace Converge.Pretraining.Corpus;

/// <summary>
/// A context-free grammar that sentences are drawn from. A rule is written <c>name: word word ! word</c>, one word an alternative, or as a line
/// <c>= name</c> with one alternative a line below it; <c>{name}</c> stands for another rule, <c>3x </c> in front of an alternative for its weight, and what follows
/// <c>!</c> is held out of training text.
/// </summary>
internal sealed class Grammar
{
    private readonly Dictionary<string, IReadOnlyList<Alternative>> _rules;
    private readonly Grammar? _shared;

    /// <param name="name">A name for messages.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="shared">Where rules are found that are not in this grammar.</param>
    public Grammar(string name, Dictionary<string, IReadOnlyList<Alternative>> rules, Grammar? shared) => (Name, _rules, _shared) = (name, rules, shared);

    /// <summary>A name for messages.</summary>
    public string Name { get; }

    /// <summary>The names of its own rules.</summary>
    public IEnumerable<string> Rules => _rules.Keys;

    /// <summary>Whether it or the shared grammar has a rule.</summary>
    public bool Has(string rule) => _rules.ContainsKey(rule) || _shared?.Has(rule) == true;

    /// <summary>The alternatives of a rule.</summary>
    /// <exception cref="BadInputException">There is no such rule.</exception>
    public IReadOnlyList<Alternative> this[string rule] => _rules.TryGetValue(rule, out var own) ? own
        : _shared?.Has(rule) == true ? _shared[rule]
        : throw new BadInputException($"grammar {Name}", $"has no rule '{rule}'", $"Add a line '{rule}: word word'");

    /// <summary>The alternatives of a rule of single words, as text.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="heldOut">Null for all, or only those that are, or are not, held out.</param>
    public IReadOnlyList<string> Words(string rule, bool? heldOut = null) =>
        [.. this[rule].Where(alternative => heldOut is null || alternative.HeldOut == heldOut).Select(alternative => alternative.Pieces[0])];

    /// <summary>The names of the grammars that come with the program, in order.</summary>
    public static IReadOnlyList<string> EmbeddedNames => [.. Assembly.GetExecutingAssembly().GetManifestResourceNames().Order(StringComparer.Ordinal)];

    /// <summary>A grammar that comes with the program.</summary>
    public static Grammar Embedded(string name, Grammar? shared = null) => GrammarReader.Read(name, EmbeddedText(name), shared);

    /// <summary>The text of a grammar that comes with the program.</summary>
    public static string EmbeddedText(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new ArgumentException($"there is no grammar {name}", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
