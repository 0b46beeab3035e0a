using Converge.Numerics;
using Converge.Pretraining.Corpus;
using Converge.Pretraining.Measuring;
using Converge.Pretraining.Tests.Authored;

namespace Converge.Pretraining.Tests.Measuring;

/// <summary>Episodes for measuring. The class of a sentence is found out by asking which class could have given it.</summary>
public sealed class IclEpisodesTests
{
    private const int Episodes = 150;
    private static readonly int[] s_shots = [0, 1, 2, 4, 8];
    private static readonly CorpusGenerator s_corpus = new(1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Prompts_grow_by_demonstrations_and_end_with_a_query_without_its_answer(bool instructed)
    {
        foreach (var episode in Draw(new IclCondition("sentiment", IclLabels.Unseen, instructed, false)))
        {
            Assert.Equal((s_shots.Length, s_shots.Length, 2), (episode.Prompts.Count, episode.Answers.Count, episode.Labels.Count));
            for (int i = 0; i < s_shots.Length; i++)
            {
                string[] blocks = episode.Prompts[i].Split("\n\n");
                Assert.Equal(s_shots[i] + 1 + (instructed ? 1 : 0), blocks.Length);
                if (instructed) Assert.All(episode.Labels, label => Assert.Contains(label, blocks[0]));
                foreach (var demonstration in blocks[(instructed ? 1 : 0)..^1]) Assert.Contains(episode.Labels, label => demonstration.EndsWith($": {label}", StringComparison.Ordinal));
                Assert.Matches(@"^[A-Z][a-z]+: .+\n[A-Z][a-z]+:$", blocks[^1]);
                // The demonstrations of fewer shots are the first ones of more.
                if (i > 0) Assert.StartsWith(BeforeQuery(episode.Prompts[i - 1]), episode.Prompts[i]);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sentences_are_new_and_their_wording_where_that_is_asked_for(bool newWording)
    {
        var (task, random) = (s_corpus.Task("subjectivity"), new RandomStream(9));
        var training = Enumerable.Range(0, 5000).Select(i => task.Sentence(random, i % 2, task.Bind(random, heldOut: false), SentenceSplit.Training)).ToHashSet();
        var sentences = Draw(new IclCondition("subjectivity", IclLabels.Random, true, false, newWording)).SelectMany(episode => NumberTask.Inputs(episode.Prompts[^1])).ToList();
        Assert.Equal(9 * Episodes, sentences.Count);
        Assert.DoesNotContain(sentences, training.Contains);
        // An eighth of those in new wording falls to the held-out eighth too, by chance.
        if (newWording) Assert.InRange(sentences.Count(HeldOut.Contains), sentences.Count / 12, sentences.Count / 6);
        else Assert.All(sentences, sentence => Assert.True(HeldOut.Contains(sentence), sentence));
    }

    [Fact]
    public void No_sentence_comes_twice_in_an_episode()
    {
        foreach (var condition in IclCondition.All.Append(Number(IclLabels.Usual)))
            foreach (var episode in Draw(condition with { Instructed = false }))
            {
                var demonstrations = NumberTask.Inputs(episode.Prompts[^1]).SkipLast(1).ToList();
                Assert.Equal(demonstrations.Count, demonstrations.Distinct().Count());
                // Queries are asked after fewer demonstrations too.
                Assert.DoesNotContain(episode.Prompts, prompt => demonstrations.Contains(NumberTask.Inputs(prompt)[^1]));
            }
    }

    [Fact]
    public void Held_out_headers_instructions_and_words_of_taste_come_under_new_wording_alone_and_usual_names_are_those_of_training()
    {
        var grammar = Grammar.Embedded("sentiment", Tasks.Common);
        List<IclEpisode> Both(bool newWording) => [.. Draw(new IclCondition("sentiment", IclLabels.Usual, true, false, newWording)), .. Draw(new IclCondition("sentiment", IclLabels.Unseen, true, false, newWording))];
        HashSet<string> Words(IEnumerable<IclEpisode> drawn) => [.. drawn.SelectMany(episode => episode.Prompts[^1].Split([' ', '.', ',', ':', '\n']))];
        var episodes = Both(newWording: true);
        var words = Words(episodes);
        foreach (var rule in new[] { "taste", "input", "output" }) Assert.Empty(grammar.Words(rule).Except(words));
        foreach (var instruction in grammar["instruction"]) Assert.Contains(episodes, episode => episode.Prompts[0].StartsWith(instruction.Pieces[0], StringComparison.Ordinal));
        Assert.Empty(new[] { "input", "output" }.SelectMany(rule => grammar.Words(rule, heldOut: true)).Intersect(Words(Both(newWording: false))));
        Assert.Empty(Draw(new IclCondition("sentiment", IclLabels.Usual, true, false)).SelectMany(episode => episode.Labels).Except(grammar.Words("labels", heldOut: false).SelectMany(line => line.Split(' '))));
    }

    [Theory]
    [InlineData("Usual")]
    [InlineData("Flipped")]
    public void Answers_are_right_under_usual_and_flipped_names(string labels)
    {
        var named = NumberTask.Grammar.Words("labels", heldOut: false).Select(line => line.Split(' ')).ToList();
        foreach (var episode in Draw(Number(Enum.Parse<IclLabels>(labels))))
            for (int i = 0; i < s_shots.Length; i++)
            {
                int ofQuery = NumberTask.Grammar.Words("classes").ToList().IndexOf(NumberTask.Class(NumberTask.Inputs(episode.Prompts[i])[^1]));
                var right = episode.Labels[episode.Answers[i]];
                Assert.Contains(named, names => names[labels == "Usual" ? ofQuery : 1 - ofQuery] == right && names.Order().SequenceEqual(episode.Labels.Order()));
            }
    }

    [Fact]
    public void Demonstrations_are_right_and_in_the_control_they_are_right_by_chance()
    {
        var (right, all) = Demonstrations(Number(IclLabels.Unseen));
        Assert.Equal(all, right);
        (right, all) = Demonstrations(Number(IclLabels.Unseen) with { Shuffled = true });
        // Four standard deviations around a half.
        Assert.InRange(right / (double)all, 0.5 - 2 / Math.Sqrt(all), 0.5 + 2 / Math.Sqrt(all));
    }

    [Fact]
    public void Both_classes_are_as_likely_and_so_is_the_place_of_their_names()
    {
        var episodes = Draw(Number(IclLabels.Usual)).ToList();
        double all = episodes.Count * s_shots.Length;
        Assert.InRange(episodes.Sum(episode => episode.Answers.Sum()) / all, 0.5 - 2 / Math.Sqrt(all), 0.5 + 2 / Math.Sqrt(all));
        Assert.InRange(episodes.Count(episode => NumberTask.Grammar.Words("labels").Any(line => line.Split(' ')[0] == episode.Labels[0])) / (double)Episodes, 0.34, 0.66);
    }

    [Fact]
    public void Unseen_labels_are_never_labels_in_training_and_random_ones_are()
    {
        var heldOut = Tasks.Common.Words("label_words", heldOut: true).ToHashSet();
        bool IsUnseen(string label) => heldOut.Contains(label) || (label.Length is 4 or 5 && HeldOut.Contains(label));
        Assert.All(Draw(Number(IclLabels.Unseen)).SelectMany(episode => episode.Labels), label => Assert.True(IsUnseen(label), label));
        Assert.All(Draw(Number(IclLabels.Random)).SelectMany(episode => episode.Labels), label => Assert.DoesNotContain(label, heldOut));
        // Both the made-up and the ordinary ones come.
        Assert.InRange(Draw(Number(IclLabels.Unseen)).Count(episode => heldOut.Contains(episode.Labels[0])), Episodes / 4, 3 * Episodes / 4);
    }

    [Fact]
    public void An_episode_is_a_function_of_its_stream()
    {
        var condition = new IclCondition("topic", IclLabels.Unseen, true, true);
        Assert.Equal(Draw(condition).SelectMany(episode => episode.Prompts), Draw(condition).SelectMany(episode => episode.Prompts));
        Assert.Equal(Episodes, Draw(condition).Select(episode => episode.Prompts[^1]).Distinct().Count());
    }

    private static IclCondition Number(IclLabels labels) => new("number", labels, false, false);

    private static IEnumerable<IclEpisode> Draw(IclCondition condition) =>
        Enumerable.Range(0, Episodes).Select(i => IclEpisodes.Draw(s_corpus, condition, s_shots, new RandomStream(5, (ulong)i)));

    private static string BeforeQuery(string prompt) => prompt[..(prompt.LastIndexOf("\n\n", StringComparison.Ordinal) is var at && at < 0 ? 0 : at + 2)];

    private static (int Right, int All) Demonstrations(IclCondition condition)
    {
        var (right, all) = (0, 0);
        foreach (var episode in Draw(condition))
        {
            // The queries tell which label stands for which class.
            var labels = Enumerable.Range(0, s_shots.Length).Select(i => (NumberTask.Class(NumberTask.Inputs(episode.Prompts[i])[^1]), episode.Labels[episode.Answers[i]])).Distinct().ToDictionary();
            string[] blocks = episode.Prompts[^1].Split("\n\n");
            foreach (var (input, block) in NumberTask.Inputs(episode.Prompts[^1]).Zip(blocks).SkipLast(1))
            {
                if (!labels.TryGetValue(NumberTask.Class(input), out var label)) continue;
                all++;
                if (block.EndsWith($": {label}", StringComparison.Ordinal)) right++;
            }
        }
        Assert.True(all > 5 * Episodes);
        return (right, all);
    }
}
