using Converge.Numerics;
using Converge.Pretraining.Corpus;
using Converge.Pretraining.Recipes;
using Converge.Pretraining.Tests.Authored;

namespace Converge.Pretraining.Tests.Corpus;

/// <summary>Few-shot documents: their text, and which of their answers count.</summary>
public sealed class EpisodeTests
{
    private static readonly CorpusMixture s_mixture = new([], [], 6, 0.5, 0.5);

    // Usual names: one of them, or the instruction, tells which set it is. Others, by hand: a label counts once a demonstration of its class came before, and where
    // an instruction names all labels also once all other classes came before, for then it is the one that is left.
    [Theory]
    [InlineData(3, true, true, "001210", "111111")]
    [InlineData(3, true, false, "001210", "011111")]
    [InlineData(3, false, true, "001210", "010111")]
    [InlineData(3, false, false, "001210", "010011")]
    [InlineData(2, false, true, "01", "01")]
    [InlineData(2, false, true, "1101", "0111")]
    [InlineData(2, false, false, "1101", "0101")]
    [InlineData(3, false, true, "012", "001")]
    [InlineData(3, false, true, "0020122", "0101111")]
    [InlineData(3, false, false, "0020122", "0101011")]
    [InlineData(4, false, true, "01223", "00011")]
    [InlineData(4, false, true, "01322", "00011")]
    [InlineData(4, false, false, "01322", "00001")]
    public void Answers_count_where_they_can_be_known(int classes, bool usual, bool instructed, string items, string expected)
    {
        var episode = Sample(usual, instructed, [.. items.Select(item => item - '0')]) with { Labels = [.. "abcd".Take(classes).Select(label => label.ToString())] };
        var parts = episode.Write().Parts;
        Assert.Equal(2 * items.Length, parts.Count);
        Assert.Equal(expected, string.Concat(parts.Where((_, i) => i % 2 == 1).Select(part => part.IsAnswer ? '1' : '0')));
        Assert.All(parts.Where((_, i) => i % 2 == 0), part => Assert.False(part.IsAnswer));
    }

    [Fact]
    public void The_text_is_the_instruction_and_every_demonstration_with_its_label()
    {
        Assert.Equal("Say it.\n\nText: s0\nLabel: a\n\nText: s1\nLabel: c", Sample(true, true, 0, 2).Write().Text);
        Assert.Equal("Text: s0\nLabel: b", Sample(true, false, 1).Write().Text);
    }

    [Fact]
    public void A_prompt_is_the_document_up_to_its_last_answer()
    {
        for (int count = 1; count <= 4; count++)
        {
            var episode = Sample(false, count % 2 == 0, [.. new[] { 2, 0, 1, 1 }.Take(count)]);
            Assert.Equal(episode.Write().Text, episode.Prompt() + " " + episode.Labels[episode.Items[^1].Class]);
        }
    }

    [Theory]
    [InlineData("Usual", true)]
    [InlineData("Flipped", false)]
    public void Usual_names_stand_for_their_classes_and_flipped_ones_for_each_others(string kind, bool right)
    {
        foreach (var random in TinyTask.Streams(200))
        {
            var episode = Draw(Enum.Parse<LabelKind>(kind), random);
            Assert.Equal(($"tiny/{kind.ToLowerInvariant()}", right), (episode.Kind, episode.UsualLabels));
            foreach (var (sentence, ofClass) in episode.Items)
                Assert.Equal(sentence.StartsWith("Yes", StringComparison.Ordinal) == right, episode.Labels[ofClass] is "good" or "fine");
        }
    }

    [Fact]
    public void Random_names_have_nothing_to_do_with_the_usual_ones_and_are_not_known_beforehand()
    {
        foreach (var random in TinyTask.Streams(200))
        {
            var episode = Draw(LabelKind.Random, random);
            Assert.Equal(("tiny/random", false), (episode.Kind, episode.UsualLabels));
            Assert.Empty(episode.Labels.Intersect(TinyTask.Task.AllUsualLabels()));
            Assert.False(episode.Write().Parts[1].IsAnswer);
        }
    }

    [Fact]
    public void Instructions_come_as_often_as_the_mixture_says_and_name_the_labels_in_any_order()
    {
        var (instructed, firstFirst) = (0, 0);
        foreach (var random in TinyTask.Streams(1000))
        {
            var episode = Draw(LabelKind.Random, random);
            Assert.Equal(6, episode.Items.Count);
            if (episode.Instruction.Length == 0) continue;
            instructed++;
            Assert.Matches(@"^Say \S+ or \S+\.\n\n?$", episode.Instruction);
            int first = episode.Instruction.IndexOf($" {episode.Labels[0]}", StringComparison.Ordinal), second = episode.Instruction.IndexOf($" {episode.Labels[1]}", StringComparison.Ordinal);
            Assert.True(first > 0 && second > 0);
            if (first < second) firstFirst++;
        }
        Assert.InRange(instructed, 437, 563);
        Assert.InRange(firstFirst / (double)instructed, 0.41, 0.59);
    }

    [Fact]
    public void Two_to_four_classes_take_part()
    {
        var task = new ClassificationTask(GrammarReader.Read("g", "classes: a b c d e\ninput: I\noutput: O\ninstruction: {labels}\na: a1 a2 a3 a4\nb: b1 b2 b3 b4\nc: c1 c2 c3 c4\nd: d1 d2 d3 d4\ne: e1 e2 e3 e4\n"));
        var writer = new EpisodeWriter(new Words([], [], []));
        var counts = TinyTask.Streams(1000).Select(random => writer.Draw(task, random, LabelKind.Usual, 1, s_mixture, heldOut: false).Labels.Count).CountBy(count => count).ToDictionary();
        Assert.Equal([2, 3, 4], counts.Keys.Order());
        Assert.InRange(counts[2], 590, 710);
        Assert.InRange(counts[3], 155, 245);
    }

    private static Episode Draw(LabelKind labels, RandomStream random) =>
        new EpisodeWriter(new Words(["red", "blue", "cow"], [], [])).Draw(TinyTask.Task, random, labels, 6, s_mixture, heldOut: false);

    private static Episode Sample(bool usual, bool instructed, params int[] classes) => new()
    {
        Kind = "k",
        Instruction = instructed ? "Say it.\n\n" : "",
        Format = DemonstrationFormat.Study("Text", "Label"),
        Labels = ["a", "b", "c"],
        Items = [.. classes.Select((c, i) => ($"s{i}", c))],
        UsualLabels = usual,
    };
}
