namespace Converge.Pretraining.Corpus;

/// <summary>Gathers the single words of grammars.</summary>
internal static class Vocabulary
{
    /// <summary>
    /// All words in lower-case letters that are an alternative of their own and not held out; the usual names of classes and the words held out as labels are left
    /// out too. Made-up words are such that no grammar has anywhere.
    /// </summary>
    /// <param name="grammars">The grammars.</param>
    /// <param name="others">Grammars that give no symbols: their words are to be translated, of the other language, or those of other grammars.</param>
    /// <param name="shared">The grammar with the rule label_words, whose held-out words are never labels in training.</param>
    /// <param name="tasks">The tasks whose labels are usual ones.</param>
    public static Words Of(IReadOnlyList<Grammar> grammars, IEnumerable<Grammar> others, Grammar shared, IEnumerable<ClassificationTask> tasks)
    {
        var all = Alternatives(grammars).Where(alternative => alternative.IsLiteral && !alternative.HeldOut).Select(alternative => alternative.Pieces[0]);
        var usual = tasks.SelectMany(task => task.AllUsualLabels()).ToHashSet(StringComparer.Ordinal);
        var known = Alternatives([.. grammars, .. others]).SelectMany(alternative => alternative.Pieces.Where((_, i) => i % 2 == 0)).SelectMany(Split);
        return new Words(all.Where(word => word.Length > 1 && word.All(char.IsAsciiLetterLower) && !usual.Contains(word)), shared.Words("label_words", heldOut: true), known);
    }

    private static IEnumerable<Alternative> Alternatives(IEnumerable<Grammar> grammars) => grammars.SelectMany(grammar => grammar.Rules.SelectMany(rule => grammar[rule]));

    // The words of a text in lower-case letters.
    private static IEnumerable<string> Split(string text) =>
        string.Concat(text.Select(c => char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
