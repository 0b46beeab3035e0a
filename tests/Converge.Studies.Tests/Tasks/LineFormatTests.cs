using Converge.Studies.Tasks;
using Converge.Studies.Tests.Authored;

namespace Converge.Studies.Tests.Tasks;

public sealed class LineFormatTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    private void LabelFirst(string shown)
    {
        _folder.Write("shown.txt", shown);
        _folder.Change("task.yaml", "demonstrations: shown.tsv\n  queries: asked.tsv\n  format: tsv\n  columns: {text: sentence, label: label}",
            "demonstrations: shown.txt\n  queries: shown.txt\n  format: label_first\n  columns: {text: text, label: label}");
    }

    private void Parallel(string texts, string targets)
    {
        _folder.Write("known.en", texts);
        _folder.Write("known.cs", targets);
        _folder.Change("lexicon.yaml", "demonstrations: known.tsv\n  queries: unknown.tsv\n  format: tsv\n  columns: {text: english, target: other}",
            "demonstrations: {file: known.en, targets: known.cs}\n  queries: {file: known.en, targets: known.cs}\n  format: lines\n  columns: {text: text, target: target}");
        _folder.Translate();
    }

    [Fact]
    public void A_label_may_stand_before_its_text()
    {
        LabelFirst("1 kind of you \n\n0 a 0 day\n");
        var data = TaskData.Load(_folder.LoadTask());
        Assert.Equal([("kind of you", "good", "shown:1"), ("a 0 day", "bad", "shown:2")], data.Demonstrations.Select(example => (example.Text, example.Answer, example.Id)));
    }

    [Fact]
    public void Texts_and_targets_may_stand_in_two_files()
    {
        Parallel("dog\n\ncat \nbird\n", "pes\n\nkocka\nptak\n");
        var data = TaskData.Load(_folder.LoadTask());
        Assert.Equal([("dog", "pes"), ("cat", "kocka"), ("bird", "ptak")], data.Queries.Select(example => (example.Text, example.Answer)));
        Assert.Equal([_folder.PathOf("known.cs"), _folder.PathOf("known.en")], data.FileDigests.Keys);
    }

    [Fact]
    public void Several_columns_may_make_a_text()
    {
        _folder.Write("shown.tsv", "one\ttwo\tlabel\nthe {two}\tsaid\t1\n");
        _folder.Change("task.yaml", "text: sentence", "text: \"{one}, {two} and {one}\"");
        _folder.Change("task.yaml", "queries: asked.tsv", "queries: shown.tsv");
        Assert.Equal("the {two}, said and the {two}", Assert.Single(TaskData.Load(_folder.LoadTask()).Demonstrations).Text);
    }

    [Theory]
    [InlineData("1 good\nnothing\n", "shown.txt:2: has no blank between label and text")]
    [InlineData("2 good\n", "shown.txt:1: the label '2' is not among 0, 1")]
    public void A_line_that_is_no_label_and_text_is_refused(string shown, string expected)
    {
        LabelFirst(shown);
        Assert.Contains(expected, StudyFolder.Refusal(() => TaskData.Load(_folder.LoadTask())));
    }

    [Fact]
    public void Files_of_different_length_or_without_targets_are_refused()
    {
        Parallel("dog\ncat\n", "pes\n");
        Assert.Contains("known.cs: has 1 lines, fewer than", StudyFolder.Refusal(() => TaskData.Load(_folder.LoadTask())));
        Assert.Contains("has no column 'english'", StudyFolder.Refusal(() => TaskData.Load(_folder.LoadTask("tasks.0.data.columns.text=english"))));
        File.Delete(_folder.PathOf("known.cs"));
        Assert.Contains("known.cs: does not exist", StudyFolder.Refusal(() => TaskData.Load(_folder.LoadTask())));
        Assert.Contains("'tasks.0.data.queries.targets' is missing", _folder.Refusal($"tasks.0.data.queries={_folder.PathOf("known.en")}"));
        Assert.Contains("is given, but a file of its own for targets", _folder.Refusal("tasks.0.data.format=tsv"));
    }

    public void Dispose() => _folder.Dispose();
}
