using System.Text.RegularExpressions;
using Converge.Numerics;
using Converge.Pretraining.Corpus;
using Converge.Pretraining.Tests.Authored;

namespace Converge.Pretraining.Tests.Corpus;

/// <summary>The grammars that come with the program are whole.</summary>
public sealed partial class EmbeddedGrammarTests
{
    private const int DrawsPerRule = 100;

    // What documents bind, by the grammars in which they do.
    private static readonly Dictionary<string, IReadOnlyList<string>> s_bound = new()
    {
        ["liked"] = ["liked"],
        ["disliked"] = ["disliked"],
        ["hero"] = ["Hero"],
        ["labels"] = ["A or B"],
    };

    public static TheoryData<string> Names => [.. Grammar.EmbeddedNames];

    public static TheoryData<string> TaskNames => [.. Tasks.All];

    public static TheoryData<string> SentenceTaskNames => [.. Tasks.OfSentences];

    [Theory, MemberData(nameof(Names))]
    public void Every_symbol_of_every_rule_is_defined_and_every_rule_has_something_for_training(string name)
    {
        var grammar = Load(name);
        Assert.NotEmpty(grammar.Rules);
        foreach (var rule in grammar.Rules)
        {
            Assert.Contains(grammar[rule], alternative => !alternative.HeldOut);
            foreach (var symbol in grammar[rule].SelectMany(alternative => alternative.Pieces.Where((_, i) => i % 2 == 1)))
                Assert.True(grammar.Has(symbol) || IsBound(name, rule, symbol), $"rule '{rule}' of {name} asks for '{symbol}'");
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_rule_can_be_written_out_for_training_and_held_out(string name)
    {
        var (grammar, random) = (Load(name), new RandomStream(5));
        foreach (var rule in grammar.Rules)
        {
            var bound = rule == "instruction" ? s_bound : s_bound.Where(pair => pair.Key != "labels").ToDictionary();
            for (int i = 0; i < 2 * DrawsPerRule; i++)
            {
                var text = new Expansion(grammar, random, bound, heldOut: i >= DrawsPerRule).Of(rule);
                // No end of a symbol left over, no gap where a symbol was empty, nothing but what a keyboard has.
                Assert.True(Clean().IsMatch(text), $"rule '{rule}' of {name} gives '{text}'");
            }
        }
    }

    [Theory, MemberData(nameof(TaskNames))]
    public void A_task_names_each_class_in_every_set_of_labels(string name)
    {
        var grammar = Load(name);
        var classes = grammar.Words("classes");
        Assert.InRange(classes.Count, 2, 30);
        Assert.Equal(classes.Count, classes.Distinct().Count());
        Assert.All(classes, one => Assert.True(grammar.Has(one), one));
        if (!grammar.Has("labels")) return;
        foreach (var labels in grammar.Words("labels").Select(line => line.Split(' ')))
        {
            Assert.Equal(classes.Count, labels.Length);
            Assert.Equal(labels.Length, labels.Distinct().Count());
        }
        // One name tells its whole set, which makes the others known. And every set is for training: a name that training does not know is no usual one.
        var all = grammar.Words("labels").SelectMany(line => line.Split(' ')).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.DoesNotContain(grammar["labels"], labels => labels.HeldOut);
    }

    [Theory, MemberData(nameof(SentenceTaskNames))]
    public void A_task_of_sentences_has_headers_and_instructions_that_are_plain(string name)
    {
        var grammar = Load(name);
        Assert.True(grammar.Has("labels"));
        foreach (var header in grammar.Words("input").Concat(grammar.Words("output"))) Assert.Matches("^[A-Z][a-z]+$", header);
        Assert.All(grammar["instruction"], instruction => Assert.Equal(["labels"], instruction.Pieces.Where((_, i) => i % 2 == 1)));
    }

    [Fact]
    public void No_word_belongs_to_two_classes_of_words()
    {
        var grammar = Load("words");
        var twice = grammar.Words("classes").SelectMany(one => grammar.Words(one)).CountBy(word => word).Where(pair => pair.Value > 1);
        Assert.Empty(twice);
    }

    [Fact]
    public void There_are_words_of_taste_enough_for_any_document()
    {
        Assert.True(Load("sentiment").Words("taste").Count >= 6);
    }

    [Fact]
    public void Words_held_out_as_labels_are_usual_labels_of_no_task()
    {
        var heldOut = Tasks.Common.Words("label_words", heldOut: true);
        Assert.True(heldOut.Count >= 20);
        var usual = Tasks.All.SelectMany(name => new ClassificationTask(Load(name)).AllUsualLabels());
        Assert.Empty(usual.Intersect(heldOut));
        Assert.Empty(heldOut.Intersect(Tasks.Common.Words("label_words", heldOut: false)));
    }

    private static Grammar Load(string name) => name switch { "common" => Tasks.Common, "facts" => FactDocuments.Rules(Tasks.Common), _ => Grammar.Embedded(name, Tasks.Common) };

    private static bool IsBound(string name, string rule, string symbol) => symbol switch
    {
        "labels" => rule == "instruction",
        "hero" => name == "story",
        "liked" or "disliked" => Load(name).Has("taste"),
        _ => false,
    };

    [GeneratedRegex("^[!-z]+( [!-z]+)*$")]
    private static partial Regex Clean();
}
