using System.Text.RegularExpressions;
using Converge.Numerics;
using Converge.Pretraining.Corpus;
using Converge.Pretraining.Tests.Authored;

namespace Converge.Pretraining.Tests.Corpus;

/// <summary>What is kept out of training stays out.</summary>
public sealed class HeldOutTests
{
    private const int Draws = 1200;

    public static TheoryData<string> TaskNames => [.. Tasks.All];

    // The published test vectors of 32-bit FNV-1a.
    [Theory]
    [InlineData("", 0x811C9DC5)]
    [InlineData("a", 0xE40C292C)]
    [InlineData("b", 0xE70C2DE5)]
    [InlineData("c", 0xE60C2C52)]
    [InlineData("d", 0xE10C2473)]
    [InlineData("e", 0xE00C22E0)]
    [InlineData("f", 0xE30C2799)]
    [InlineData("fo", 0x6222E842)]
    [InlineData("foo", 0xA9F37ED7)]
    [InlineData("foob", 0x3F5076EF)]
    [InlineData("fooba", 0x39AAA18A)]
    [InlineData("foobar", 0xBF9CF968)]
    public void The_hash_is_that_of_Fowler_Noll_and_Vo(string text, uint hash) => Assert.Equal((hash ^ (hash >> 15)) % 8 == 0, HeldOut.Contains(text));

    [Theory, MemberData(nameof(TaskNames))]
    public void Training_documents_use_no_alternative_that_is_held_out(string name)
    {
        var (corpus, grammar) = (new CorpusGenerator(1), Grammar.Embedded(name, Tasks.Common));
        var writer = new EpisodeWriter(corpus.Words);
        var classes = grammar.Words("classes");
        Dictionary<string, IReadOnlyList<string>> bound = new() { ["labels"] = ["{}"] };
        if (grammar.Has("taste")) bound["liked"] = bound["disliked"] = grammar.Words("taste", heldOut: false);
        var sentences = new Regex(string.Join('|', classes.Select(one => SentencePattern.Of(grammar, one, bound, heldOut: false))));
        var instruction = grammar.Has("instruction") ? SentencePattern.Of(grammar, "instruction", bound, heldOut: false) : null;
        string[] heldOutHeaders = grammar.Has("input") ? [.. grammar.Words("input", heldOut: true), .. grammar.Words("output", heldOut: true)] : [];
        foreach (var random in TinyTask.Streams(150))
        {
            var episode = writer.Draw(corpus.Task(name), random, LabelKind.Random, 6, Mixtures.All with { Instructed = 1 }, heldOut: false);
            Assert.All(episode.Items, item => Assert.Matches(sentences, item.Sentence));
            Assert.Equal(instruction is null, episode.Instruction.Length == 0);
            if (instruction is not null) Assert.Matches(instruction, Regex.Replace(episode.Instruction.TrimEnd('\n'), $"({string.Join('|', episode.Labels)})((, | or )({string.Join('|', episode.Labels)}))+", "{}"));
            Assert.DoesNotContain(heldOutHeaders, header => episode.Format.BeforeInput.Contains(header, StringComparison.Ordinal) || episode.Format.BeforeAnswer.Contains(header, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Words_of_taste_that_are_held_out_stand_in_no_training_document()
    {
        var corpus = new CorpusGenerator(1);
        var words = Enumerable.Range(0, 6000).SelectMany(i => corpus.Draw(i % 2 == 0 ? Mixtures.All : Mixtures.Of("sentiment"), i).Text.Split([' ', '.', ',', '!', '\n'])).ToHashSet();
        var taste = Grammar.Embedded("sentiment", Tasks.Common);
        Assert.Empty(taste.Words("taste", heldOut: false).Except(words));
        Assert.Empty(taste.Words("taste", heldOut: true).Intersect(words));
    }

    [Fact]
    public void An_eighth_of_all_texts_is_held_out()
    {
        const int Texts = 20_000;
        int count = Enumerable.Range(0, Texts).Count(i => HeldOut.Contains($"Text {i} of é many."));
        // Four standard deviations.
        Assert.InRange(count / (double)Texts, 0.125 - 0.0094, 0.125 + 0.0094);
    }

    // Sampling would overlook most of it: a pattern tells of a text whether any training document, or another class, could hold it.
    [Theory, MemberData(nameof(TaskNames))]
    public void No_sentence_is_in_training_and_held_out_and_none_in_two_classes(string name)
    {
        var (task, random, grammar) = (new CorpusGenerator(1).Task(name), new RandomStream(3), Grammar.Embedded(name, Tasks.Common));
        var bound = task.Bind(random, heldOut: true);
        var classes = grammar.Words("classes");
        var training = classes.Select(one => SentencePattern.Of(grammar, one, bound, heldOut: false)).ToList();
        var all = classes.Select(one => SentencePattern.Of(grammar, one, bound, heldOut: true)).ToList();
        for (int c = 0; c < task.Classes; c++)
            for (int i = 0; i < Draws / task.Classes; i++)
            {
                var text = task.Sentence(random, c, bound, i % 2 == 0 ? SentenceSplit.HeldOut : SentenceSplit.Training);
                Assert.True(i % 2 == 1 || HeldOut.Contains(text) || !training.Any(pattern => pattern.IsMatch(text)), $"training holds '{text}' too");
                Assert.True(i % 2 == 0 || training[c].IsMatch(text), text);
                for (int other = 0; other < task.Classes; other++) Assert.True(other == c || !all[other].IsMatch(text), $"'{text}' is {classes[c]} and {classes[other]}");
            }
    }
}
