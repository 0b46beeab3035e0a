using Converge.Studies.Demonstrations;
using Converge.Studies.Tasks;
using Converge.Studies.Tests.Authored;

namespace Converge.Studies.Tests.Tasks;

public sealed class TranslationTaskTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    public TranslationTaskTests() => _folder.Translate();

    private TaskData Load() => TaskData.Load(_folder.LoadTask());

    [Fact]
    public void A_task_without_labels_is_read()
    {
        var task = _folder.LoadTask();
        Assert.Equal(TaskKind.Translation, task.Kind);
        Assert.Null(task.Labels);
        Assert.Equal(new ColumnSpec("english", Target: "other"), task.Data.Columns);
        Assert.Equal(" {target}", task.Template.Answer);
    }

    [Theory]
    [InlineData("instructions:", "labels: {a: b, c: d}\ninstructions:", "lexicon.yaml:9: 'tasks.0.labels' is given, but a translation task has no labels. Remove it, or set 'kind: classification'.")]
    [InlineData(", target: other", "", "lexicon.yaml:8: 'tasks.0.data.columns.target' is missing. Add a line 'target: ...'.")]
    [InlineData("target: other", "label: other", "lexicon.yaml:8: 'tasks.0.data.columns.label' is given, but a translation task has no label column. Name the column of answers under 'target', or set 'kind: classification'.")]
    [InlineData("target: other", "target: english", "'tasks.0.data.columns.target' names the column 'english', which is the text's. Name the column of the answers.")]
    [InlineData("target: other", "targte: other", "'tasks.0.data.columns.target' is missing")]
    [InlineData("{target}", "{label}", "lexicon.yaml:12: 'tasks.0.template.answer' holds {label}, which has no meaning there. Use {target}.")]
    [InlineData("{target}", "yes", "'tasks.0.template.answer' holds {target} 0 times")]
    [InlineData("{target}", "{target} {target}", "'tasks.0.template.answer' holds {target} 2 times")]
    [InlineData("kind: translation", "kind: translate", "lexicon.yaml:3: 'tasks.0.kind' knows no 'translate' (did you mean 'translation'?). Choose among classification, translation.")]
    [InlineData("kind: translation", "", "'tasks.0.data.columns.target' is given, but a classification task has no target column. Name the column of answers under 'label', or set 'kind: translation'.")]
    public void Nonsense_in_a_task_file_is_one_line_with_a_mend(string before, string after, string expected)
    {
        _folder.Change("lexicon.yaml", before, after);
        Assert.Contains(expected, _folder.Refusal());
    }

    [Fact]
    public void Balanced_labels_are_refused_where_no_task_has_labels_and_fine_where_one_has()
    {
        Assert.Contains("'demonstrations' asks for balanced labels, but no task has labels. Remove 'balance: true'.", _folder.Refusal("demonstrations.balance=true"));
        _folder.Change("study.yaml", "[lexicon.yaml]", "[task.yaml, lexicon.yaml]");
        var study = _folder.Load("demonstrations.balance=true");
        var data = TaskData.Load(study.Tasks[1]);
        var plain = _folder.Load();
        for (int run = 0; run < 5; run++)
            Assert.Equal(RunDraw.Of(plain, plain.Tasks[1], data, run).Demonstrations, RunDraw.Of(study, study.Tasks[1], data, run).Demonstrations);
    }

    [Fact]
    public void Rows_become_examples_with_their_reference()
    {
        var data = Load();
        Assert.Equal(new Example("known:3", "bird", "ptak", null), data.Demonstrations[2]);
        Assert.Equal(new Example("unknown:4", "wolf", "vlk", null), data.Queries[^1]);
        Assert.Empty(data.Notes);
    }

    [Fact]
    public void Of_several_translations_of_a_text_the_first_is_its_reference()
    {
        _folder.Write("known.tsv", StudyFolder.Known + "dog\tpejsek\ncat\tkocka\n");
        var data = Load();
        Assert.Equal(["pes", "kocka", "ptak", "ryba"], data.Demonstrations.Select(example => example.Answer));
        Assert.Contains("2 rows whose text stands in an earlier row", Assert.Single(data.Notes));
    }

    [Theory]
    [InlineData("english\ttext\ndog\tpes\n", "known.tsv: has no column 'other'. Its first line names english, text; name the right one under 'columns'")]
    [InlineData("english\tother\ndog\tpes\ncat\t \n", "known.tsv:3: the target is empty. Write the reference answer or remove the row.")]
    [InlineData("english\tother\ndog\n", "known.tsv:2: has 1 value, so column 'other' is missing")]
    public void A_bad_table_is_one_line_that_names_the_place(string text, string expected)
    {
        _folder.Write("known.tsv", text);
        Assert.Contains(expected, StudyFolder.Refusal(() => Load()));
    }

    [Fact]
    public void Rows_longer_than_the_task_allows_are_left_out_and_counted()
    {
        var whole = Load();
        // "kocka" is a target of five characters, "bird" a text of four.
        var data = TaskData.Load(_folder.LoadTask("tasks.0.data.most_characters=4"));
        Assert.Equal(["dog", "bird", "fish"], data.Demonstrations.Select(example => example.Text));
        Assert.Equal(["cow", "wolf"], whole.Queries.Select(example => example.Text).Except(["horse", "mouse"]));
        Assert.Equal(["wolf"], data.Queries.Select(example => example.Text));
        Assert.Equal([1, 3], data.Notes.Select(note => int.Parse(note.Split("left out ")[1].Split(' ')[0])));
        Assert.Contains("data.most_characters", StudyFolder.Refusal(() => TaskData.Load(_folder.LoadTask("tasks.0.data.most_characters=2"))));
    }

    public void Dispose() => _folder.Dispose();
}
