using Converge.Studies.Spec;
using Converge.Studies.Tasks;
using Converge.Studies.Tests.Authored;
using Converge.Tests;

namespace Converge.Studies.Tests.Tasks;

/// <summary>The tasks in the pretraining corpus's words: their data and the grammars that these were drawn from.</summary>
public sealed class ShippedDataTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    private TaskSpec Task(string name)
    {
        _folder.Write("study.yaml", $"name: one\nmodels: [{{id: tiny, path: model}}]\ntasks: [{Repository.PathOf("tasks", name)}]\n");
        return StudySpec.Load(_folder.StudyFile).Tasks[0];
    }

    private static string[] Grammar(string name) => File.ReadAllLines(Repository.PathOf("src", "Converge.Pretraining", "Corpus", "Grammars", name));

    [Theory]
    [InlineData("lexicon.yaml")]
    [InlineData("reviews_pocket.yaml")]
    [InlineData("topic_pocket.yaml")]
    [InlineData("question_pocket.yaml")]
    [InlineData("subjectivity_pocket.yaml")]
    public void Each_has_160_demonstrations_and_160_queries_none_twice(string name)
    {
        var data = TaskData.Load(Task(name));
        Assert.Empty(data.Notes);
        Assert.Equal((160, 160), (data.Demonstrations.Count, data.Queries.Count));
        Assert.Equal(320, data.Demonstrations.Concat(data.Queries).Select(example => example.NormalisedText).Distinct().Count());
    }

    [Fact]
    public void Every_target_of_the_lexicon_is_that_of_the_grammars_dictionary()
    {
        var lines = Grammar("translation.txt");
        var dictionary = lines.SkipWhile(line => line != "= dictionary").Skip(1).Where(line => line.Length > 0).Select(line => line.Split(' ')).ToDictionary(entry => entry[0], entry => entry[1]);
        var task = Task("lexicon.yaml");
        var data = TaskData.Load(task);
        Assert.All(data.Demonstrations.Concat(data.Queries), example =>
            Assert.Equal(string.Join(' ', example.Text.Split(' ').Select(word => dictionary[word])), example.Answer));
        // The instructions are those of the grammar that are not held out, with the language's name in them.
        var language = lines.Single(line => line.StartsWith("language: ", StringComparison.Ordinal))["language: ".Length..];
        var trained = lines.SkipWhile(line => line != "= instruction").Skip(1).TakeWhile(line => line.Length > 0).Where(line => line[0] != '!').Select(line => line.Replace("{language}", language));
        Assert.Equal(trained, task.Instructions);
        Assert.Contains($"\n{language}:", task.Template.Query);
    }

    [Fact]
    public void The_pocket_reviews_are_balanced_and_have_one_taste()
    {
        var task = Task("reviews_pocket.yaml");
        var data = TaskData.Load(task);
        Assert.All([data.Demonstrations, data.Queries], pool => Assert.Equal(80, pool.Count(example => example.Answer == "positive")));
        // A word of taste alone tells the class, and for every review with it the same one; "light" is here a thing that is judged.
        string[] taste = [.. Grammar("sentiment.txt").Single(line => line.StartsWith("taste: ", StringComparison.Ordinal))["taste: ".Length..].Split(' ').Where(word => word != "light")];
        var used = data.Demonstrations.Concat(data.Queries).SelectMany(example => example.NormalisedText.Split(' ').Intersect(taste).Select(word => (word, example.Answer))).ToLookup(pair => pair.word, pair => pair.Answer);
        Assert.Equal(["bright positive", "calm negative", "dark negative", "huge positive", "serious positive", "soft negative"], used.Select(word => $"{word.Key} {Assert.Single(word.Distinct())}").Order());
        Assert.Equal(9, task.Instructions.Count);
        Assert.All(task.Instructions, text => Assert.True(text.Contains("positive or negative", StringComparison.Ordinal) || text.Contains("negative or positive", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("topic_pocket.yaml", 4)]
    [InlineData("question_pocket.yaml", 4)]
    [InlineData("subjectivity_pocket.yaml", 2)]
    [InlineData("inference.yaml", 3)]
    public void Every_label_stands_equally_often_and_every_instruction_names_all(string name, int labels)
    {
        var task = Task(name);
        var data = TaskData.Load(task);
        foreach (var pool in new[] { data.Demonstrations, data.Queries })
            Assert.Equal(Enumerable.Repeat(pool.Count / labels, labels), pool.GroupBy(example => example.Label).Select(group => group.Count()));
        Assert.Equal(8, task.Instructions.Count);
        Assert.All(task.Instructions, text => Assert.All(task.Labels!, label => Assert.Contains(label.Word, text)));
    }

    [Fact]
    public void No_premise_stands_twice_and_a_pair_reads_as_one_text()
    {
        var data = TaskData.Load(Task("inference.yaml"));
        var pairs = data.Demonstrations.Concat(data.Queries).Select(example => example.Text.Split("\nStatement: ")).ToList();
        Assert.Equal(324, pairs.Select(pair => pair[0]).Distinct().Count());
        Assert.All(pairs, pair => Assert.EndsWith(".", pair[1]));
    }

    [SkippableTheory]
    [InlineData("sst2.yaml", "data/sst2", 2)]
    [InlineData("topic.yaml", "data/agnews", 4)]
    [InlineData("question.yaml", "data/text_classification", 6)]
    [InlineData("subjectivity.yaml", "data/text_classification", 2)]
    [InlineData("translation.yaml", "data/wmt_encs", 0)]
    public void Tasks_on_public_data_read_them(string name, string folder, int labels)
    {
        Repository.SharedOrSkip(folder);
        var task = Task(name);
        var data = TaskData.Load(task);
        Assert.True(data.Demonstrations.Count > 500 && data.Queries.Count >= 400);
        Assert.Equal(labels, data.Queries.Where(example => example.Label is not null).Select(example => example.Label).Distinct().Count());
        Assert.Equal(8, task.Instructions.Count);
    }

    public void Dispose() => _folder.Dispose();
}
