using Converge.Engine;
using Converge.Numerics;
using Converge.Pretraining.Corpus;
using Converge.Pretraining.Tests.Authored;

namespace Converge.Pretraining.Tests.Corpus;

/// <summary>What a rule is written out to, and how often.</summary>
public sealed class ExpansionTests
{
    private const int Draws = 20_000;

    [Fact]
    public void Alternatives_come_as_often_as_they_weigh()
    {
        var counts = Count("= a\n3x x\ny\n! 4x z\n", heldOut: false);
        // Four standard deviations of a share of 3/4 in so many draws.
        Assert.InRange(counts["x"] / (double)Draws, 0.75 - 0.0123, 0.75 + 0.0123);
        Assert.Equal(["x", "y"], counts.Keys.Order());
        var all = Count("= a\n3x x\ny\n! 4x z\n", heldOut: true);
        Assert.InRange(all["x"] / (double)Draws, 0.375 - 0.0137, 0.375 + 0.0137);
        Assert.InRange(all["z"] / (double)Draws, 0.5 - 0.0142, 0.5 + 0.0142);
    }

    [Fact]
    public void Held_out_alternatives_never_come_in_training_and_are_noted_elsewhere()
    {
        var grammar = GrammarReader.Read("g", "= a\n{b} {c}\n! kept {b}\nb: x y ! z\nc: u v ! w\n");
        var (random, kept) = (new RandomStream(1), 0);
        for (int i = 0; i < Draws; i++)
        {
            var training = new Expansion(grammar, random, TinyTask.Nothing, heldOut: false);
            Assert.Matches("^[xy] [uv]$", training.Of("a"));
            Assert.False(training.UsedHeldOut);
            var other = new Expansion(grammar, random, TinyTask.Nothing, heldOut: true);
            bool shows = other.Of("a") is var text && (text.Contains("kept", StringComparison.Ordinal) || text.Contains('z') || text.Contains('w'));
            Assert.Equal(shows, other.UsedHeldOut);
            if (shows) kept++;
        }
        Assert.InRange(kept, Draws / 2, Draws - Draws / 10);
    }

    [Fact]
    public void Rules_are_written_out_within_rules()
    {
        var grammar = GrammarReader.Read("g", "= a\n<{b}|{b}>\nb: {c}{c}\nc: x\n");
        Assert.Equal("<xx|xx>", new Expansion(grammar, new RandomStream(1), TinyTask.Nothing, heldOut: false).Of("a"));
    }

    [Fact]
    public void Bound_symbols_take_the_words_of_the_document_before_any_rule()
    {
        var grammar = GrammarReader.Read("g", "= a\n{hero} saw {hero} at {place}\nplace: nowhere ! held\n");
        var bound = new Dictionary<string, IReadOnlyList<string>> { ["hero"] = ["Eva", "Tom"], ["place"] = ["home"] };
        var random = new RandomStream(1);
        var texts = Enumerable.Range(0, 200).Select(_ =>
        {
            var expansion = new Expansion(grammar, random, bound, heldOut: true);
            var text = expansion.Of("a");
            Assert.False(expansion.UsedHeldOut);
            return text;
        }).ToHashSet();
        Assert.Equal(["Eva saw Eva at home", "Eva saw Tom at home", "Tom saw Eva at home", "Tom saw Tom at home"], texts.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_rule_that_leads_to_itself_is_stopped()
    {
        var grammar = GrammarReader.Read("g", "a: x{b}\nb: {a}\n");
        Assert.Contains("goes round in a circle", Assert.Throws<InvalidOperationException>(() => new Expansion(grammar, new RandomStream(1), TinyTask.Nothing, heldOut: false).Of("a")).Message);
    }

    [Fact]
    public void A_rule_that_is_not_there_or_is_all_held_out_is_named()
    {
        var grammar = GrammarReader.Read("g", "a: {b}\nb: {c}\nd: ! x\n");
        Assert.Equal("has no rule 'c'", Assert.Throws<BadInputException>(() => new Expansion(grammar, new RandomStream(1), TinyTask.Nothing, heldOut: false).Of("a")).What);
        Assert.Equal("rule 'd' has nothing but held-out alternatives", Assert.Throws<BadInputException>(() => new Expansion(grammar, new RandomStream(1), TinyTask.Nothing, heldOut: false).Of("d")).What);
        Assert.Equal("x", new Expansion(grammar, new RandomStream(1), TinyTask.Nothing, heldOut: true).Of("d"));
    }

    private static Dictionary<string, int> Count(string text, bool heldOut)
    {
        var (grammar, random) = (GrammarReader.Read("g", text), new RandomStream(3));
        return Enumerable.Range(0, Draws).Select(_ => new Expansion(grammar, random, TinyTask.Nothing, heldOut).Of("a")).CountBy(word => word).ToDictionary();
    }
}
