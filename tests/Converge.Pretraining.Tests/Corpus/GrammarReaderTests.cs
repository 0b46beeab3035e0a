using Converge.Engine;
using Converge.Pretraining.Corpus;

namespace Converge.Pretraining.Tests.Corpus;

/// <summary>How the text of a grammar is understood, and which line an error names.</summary>
public sealed class GrammarReaderTests
{
    [Fact]
    public void A_rule_on_one_line_has_a_word_an_alternative_and_those_after_the_mark_are_held_out()
    {
        var grammar = GrammarReader.Read("g", "color: red  {dark}blue ! mauve teal\n");
        Assert.Equal(["red 1 False", "{dark}blue 1 False", "mauve 1 True", "teal 1 True"], Shown(grammar, "color"));
    }

    [Fact]
    public void A_rule_of_lines_has_a_line_an_alternative_with_its_weight_and_mark()
    {
        var grammar = GrammarReader.Read("g", "= greeting\n3x Hello {name}, my {name}!\nHi: you\n! 20x Ahoy\n! Oh! no\n4x\n");
        Assert.Equal(["Hello {name}, my {name}! 3 False", "Hi: you 1 False", "Ahoy 20 True", "Oh! no 1 True", "4x 1 False"], Shown(grammar, "greeting"));
    }

    [Fact]
    public void Pieces_are_literals_and_rules_in_turn()
    {
        var grammar = GrammarReader.Read("g", "= a\n{b}{c} x\ny\n");
        Assert.Equal(["", "b", "", "c", " x"], grammar["a"][0].Pieces);
        Assert.False(grammar["a"][0].IsLiteral);
        Assert.True(grammar["a"][1].IsLiteral);
    }

    [Fact]
    public void Comments_blank_lines_margins_and_carriage_returns_do_not_count()
    {
        var grammar = GrammarReader.Read("g", "# color: none\r\n\r\n  = a\r\n   x y \r\n# z\r\n\r\nw\r\nb: v\r\n");
        Assert.Equal(["x y 1 False", "w 1 False"], Shown(grammar, "a"));
        Assert.Equal(["v 1 False"], Shown(grammar, "b"));
        Assert.Equal(["a", "b"], grammar.Rules);
    }

    [Fact]
    public void Rules_that_a_grammar_lacks_come_from_the_shared_one_and_its_own_hide_those()
    {
        var grammar = GrammarReader.Read("g", "a: own\n", GrammarReader.Read("shared", "a: theirs\nb: theirs ! kept\n"));
        Assert.Equal(["own"], grammar.Words("a"));
        Assert.Equal(["theirs", "kept"], grammar.Words("b"));
        Assert.Equal(["theirs"], grammar.Words("b", heldOut: false));
        Assert.Equal(["kept"], grammar.Words("b", heldOut: true));
        Assert.Equal((true, true, false), (grammar.Has("a"), grammar.Has("b"), grammar.Has("c")));
        var error = Assert.Throws<BadInputException>(() => grammar["c"]);
        Assert.Equal(("grammar g", "has no rule 'c'"), (error.Where, error.What));
    }

    [Theory]
    [InlineData("stray words\n", 1, "belongs to no rule")]
    [InlineData("a: x\n\n# c\nstray\n", 4, "belongs to no rule")]
    [InlineData("A: x\n", 1, "belongs to no rule")]
    [InlineData("a: x\nb: y\na: z\n", 3, "rule 'a' is there already")]
    [InlineData("= a\nx\n= a\ny\n", 3, "rule 'a' is there already")]
    [InlineData("= a\nx\n0x y\n", 3, "'0' is no weight")]
    [InlineData("= a\n99999999999x y\n", 2, "'99999999999' is no weight")]
    [InlineData("b: x\n= a\n\n= c\ny\n", 2, "rule 'a' has no alternative")]
    [InlineData("b: x\na: !\n", 2, "rule 'a' has no alternative")]
    [InlineData("= a\n3x ! y\n", 2, "the mark '!' is not where it belongs")]
    [InlineData("= a\n!y\n", 2, "the mark '!' is not where it belongs")]
    [InlineData("a: x !y\n", 1, "the mark '!' is not where it belongs")]
    [InlineData("= a\nx {B} y\n", 2, "no rule can be called that")]
    [InlineData("= a\nx\ny {b\n", 3, "no rule can be called that")]
    [InlineData("a: x b}\n", 1, "no rule can be called that")]
    public void An_error_names_its_line(string text, int line, string what)
    {
        var error = Assert.Throws<BadInputException>(() => GrammarReader.Read("g", text));
        Assert.Equal($"grammar g, line {line}", error.Where);
        Assert.Contains(what, error.What);
    }

    private static IEnumerable<string> Shown(Grammar grammar, string rule) => grammar[rule].Select(alternative =>
        $"{string.Concat(alternative.Pieces.Select((piece, i) => i % 2 == 0 ? piece : $"{{{piece}}}"))} {alternative.Weight} {alternative.HeldOut}");
}
