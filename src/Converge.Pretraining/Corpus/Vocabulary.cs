namespace Converge.Pretraining.Corpus;

/// <summary>Gathers the single words of grammars.</summary>
internal static class Vocabulary
{
    /// <summary>All words in lower-case letters that are an alternative of their own; the usual names of classes and the words held out as labels are left out of those for training.</summary>
    /// <param name="grammars">The grammars.</param>
    /// <param name="shared">The grammar with the rule label_words, whose held-out words are never labels in training.</param>
    /// <param name="tasks">The tasks whose labels are usual ones.</param>
    public static Words Of(IEnumerable<Grammar> grammars, Grammar shared, IEnumerable<ClassificationTask> tasks)
    {
        var all = grammars.SelectMany(grammar => grammar.Rules.SelectMany(rule => grammar[rule])).Where(alternative => alternative.IsLiteral).Select(alternative => alternative.Pieces[0]);
        var heldOut = shared.Words("label_words", heldOut: true);
        var usual = tasks.SelectMany(task => task.AllUsualLabels()).ToHashSet(StringComparer.Ordinal);
        return new Words(all.Where(word => word.Length > 1 && word.All(char.IsAsciiLetterLower) && !usual.Contains(word)), heldOut);
    }
}
