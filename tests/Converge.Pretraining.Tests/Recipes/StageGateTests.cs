using Converge.Pretraining.Recipes;

namespace Converge.Pretraining.Tests.Recipes;

public sealed class StageGateTests
{
    [Theory]
    [InlineData("copy", "copy", true)]
    [InlineData("words", "words/random", true)]
    [InlineData("random", "words/random", true)]
    [InlineData("random", "sentiment/random", true)]
    [InlineData("words/random", "words/random", true)]
    [InlineData("words/random", "words/usual", false)]
    [InlineData("words/random", "topic/random", false)]
    [InlineData("word", "words/random", false)]
    [InlineData("dom", "words/random", false)]
    [InlineData("copy", "mapping", false)]
    public void A_document_counts_where_its_kind_is_the_gates_or_begins_or_ends_with_it(string gate, string kind, bool counts) =>
        Assert.Equal(counts, new StageGate(gate, 1).Counts(kind));
}
