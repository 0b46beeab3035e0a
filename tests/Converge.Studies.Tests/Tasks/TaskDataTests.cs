using Converge.Studies.Spec;
using Converge.Studies.Tasks;
using Converge.Studies.Tests.Authored;
using Converge.Tests;

namespace Converge.Studies.Tests.Tasks;

public sealed class TaskDataTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    private TaskData Load(params string[] overrides) => TaskData.Load(_folder.LoadTask(overrides));

    private string Refusal(params string[] overrides) => StudyFolder.Refusal(() => Load(overrides));

    [Fact]
    public void Rows_become_examples_without_blanks_at_their_ends()
    {
        var data = Load();
        Assert.Equal(8, data.Demonstrations.Count);
        Assert.Equal(new Example("shown:1", "warm", "good", 1), data.Demonstrations[0]);
        Assert.Equal(new Example("asked:6", "vile", "bad", 0), data.Queries[^1]);
        Assert.Empty(data.Notes);
    }

    [Fact]
    public void Quotes_in_tab_separated_values_are_text()
    {
        _folder.Write("shown.tsv", "sentence\tlabel\n\" it 's \" \" fine\t1\n\"open\t0\n");
        Assert.Equal(["\" it 's \" \" fine", "\"open"], Load().Demonstrations.Select(example => example.Text));
    }

    [Fact]
    public void Comma_separated_values_may_be_quoted_and_span_lines()
    {
        _folder.Write("shown.tsv", "label,sentence\n1,\"warm, \"\"very\"\"\nwarm\"\n0,cold\n");
        _folder.Write("asked.tsv", StudyFolder.Asked.Replace('\t', ','));
        Assert.Equal(["warm, \"very\"\nwarm", "cold"], Load("tasks.0.data.format=csv").Demonstrations.Select(example => example.Text));
    }

    [Fact]
    public void Json_lines_are_read_with_numbers_as_labels()
    {
        _folder.Write("shown.tsv", "{\"sentence\": \" caf\\u00e9 \", \"label\": 1}\n\n{\"label\": \"0\", \"sentence\": \"cold\"}\n");
        _folder.Write("asked.tsv", "{\"sentence\": \"x\", \"label\": 0}\n");
        Assert.Equal([new Example("shown:1", "café", "good", 1), new Example("shown:2", "cold", "bad", 0)], Load("tasks.0.data.format=jsonl").Demonstrations);
    }

    [Fact]
    public void Without_a_header_columns_are_numbers()
    {
        _folder.Write("shown.tsv", "x\t1\twarm\n");
        _folder.Write("asked.tsv", "y\t0\tvile\n");
        var data = Load("tasks.0.data.header=false", "tasks.0.data.columns={text: 3, label: 2, id: 1}");
        Assert.Equal(new Example("x", "warm", "good", 1), Assert.Single(data.Demonstrations));
        Assert.Contains("'sentence' is not a column's number", Refusal("tasks.0.data.header=false"));
    }

    [Fact]
    public void A_column_may_split_one_file_into_both_pools()
    {
        _folder.Write("shown.tsv", "sentence\tlabel\tpart\nwarm\t1\ta\ncold\t0\tb\nkind\t1\ta\n");
        string[] split = ["tasks.0.data.demonstrations={file: " + _folder.PathOf("shown.tsv") + ", where: {part: a}}", "tasks.0.data.queries={file: " + _folder.PathOf("shown.tsv") + ", where: {part: b}}"];
        var data = Load(split);
        Assert.Equal(["shown:1", "shown:3"], data.Demonstrations.Select(example => example.Id));
        Assert.Equal(["shown:2"], data.Queries.Select(example => example.Id));
        Assert.Contains("has no row whose 'part' is 'c'", Refusal([split[0].Replace("part: a", "part: c")]));
    }

    [Fact]
    public void Repeated_and_contradictory_texts_are_left_out_and_counted()
    {
        _folder.Write("shown.tsv", StudyFolder.Shown + "warm\t1\ndark\t1\n");
        var data = Load();
        Assert.Equal(["shown:1", "shown:2", "shown:3", "shown:4", "shown:5", "shown:6", "shown:7"], data.Demonstrations.Select(example => example.Id));
        Assert.Equal(2, data.Notes.Count);
        Assert.Contains("1 rows whose text stands in an earlier row", data.Notes[0]);
        Assert.Contains("2 rows whose text stands under more than one label", data.Notes[1]);
    }

    [Theory]
    [InlineData("text\tlabel\nwarm\t1\n", "shown.tsv: has no column 'sentence'. Its first line names text, label;")]
    [InlineData("sentense\tlabel\nwarm\t1\n", "has no column 'sentence' (did you mean 'sentense'?)")]
    [InlineData("sentence\tlabel\n", "shown.tsv: holds no rows")]
    [InlineData("", "shown.tsv: holds no rows")]
    [InlineData("sentence\tlabel\nwarm\t1\ncold\n", "shown.tsv:3: has 1 value, so column 'label' is missing")]
    [InlineData("sentence\tlabel\nwarm\t1\ncold\t2\n", "shown.tsv:3: the label '2' is not among 0, 1")]
    [InlineData("sentence\tlabel\nwarm\t1\n \t0\n", "shown.tsv:3: the text is empty")]
    public void A_bad_table_is_one_line_that_names_the_place(string text, string expected)
    {
        _folder.Write("shown.tsv", text);
        Assert.Contains(expected, Refusal());
    }

    [Theory]
    [InlineData("{\"sentence\": \"warm\"}\n", "shown.tsv:1: has no column 'label'")]
    [InlineData("{\"sentence\": \"warm\", \"label\": 1}\n{\"sentence\":", "shown.tsv:2: is not valid JSON")]
    [InlineData("{\"sentence\": \"\\ud800\", \"label\": 1}\n", "shown.tsv:1: is not valid JSON")]
    [InlineData("[1]\n", "shown.tsv:1: is not a JSON object")]
    [InlineData("{\"sentence\": [\"warm\"], \"label\": 1}\n", "the value of 'sentence' is array, not a text")]
    public void Bad_json_lines_are_one_line_that_names_the_place(string text, string expected)
    {
        _folder.Write("shown.tsv", text);
        Assert.Contains(expected, Refusal("tasks.0.data.format=jsonl"));
    }

    [Fact]
    public void A_stray_quote_in_comma_separated_values_is_refused()
    {
        _folder.Write("shown.tsv", "sentence,label\nwa\"rm,1\n");
        Assert.Contains("shown.tsv:2: a quote stands where none may", Refusal("tasks.0.data.format=csv"));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_named()
    {
        File.WriteAllBytes(_folder.PathOf("shown.tsv"), [.. "sentence\tlabel\nwarm"u8, 0xff, .. "\t1\n"u8]);
        Assert.Contains("shown.tsv: is not utf-8 text", Refusal());
        Assert.Equal("warmÿ", Load("tasks.0.data.encoding=iso-8859-1").Demonstrations[0].Text);
        File.Delete(_folder.PathOf("shown.tsv"));
        Assert.Contains("shown.tsv: does not exist", Refusal());
        Directory.CreateDirectory(_folder.PathOf("shown.tsv"));
        Assert.Contains("is a folder", Refusal());
    }

    [Fact]
    public void An_id_may_come_from_a_column_and_must_be_unique()
    {
        _folder.Write("shown.tsv", "sentence\tlabel\tkey\nwarm\t1\ta\ncold\t0\ta\n");
        _folder.Write("asked.tsv", "sentence\tlabel\tkey\nvile\t0\tz\n");
        Assert.Contains("gives the id 'a' to 2 rows", Refusal("tasks.0.data.columns.id=key"));
    }

    [Fact]
    public void Files_of_one_name_in_two_folders_do_not_share_ids()
    {
        Directory.CreateDirectory(_folder.PathOf("asked"));
        File.Move(_folder.PathOf("asked.tsv"), _folder.PathOf("asked/shown.tsv"));
        var data = Load($"tasks.0.data.queries={_folder.PathOf("asked/shown.tsv")}");
        Assert.Equal(("demonstrations/shown:1", "queries/shown:1"), (data.Demonstrations[0].Id, data.Queries[0].Id));
    }

    [Fact]
    public void The_reviews_of_this_repository_are_balanced_and_apart()
    {
        var data = TaskData.Load(StudySpec.Load(Repository.PathOf("tests", "fixtures", "small-study.yaml")).Tasks[0]);
        Assert.Equal((32, 32), (data.Demonstrations.Count, data.Queries.Count));
        Assert.Equal((16, 16), (data.Demonstrations.Count(example => example.Label == 1), data.Queries.Count(example => example.Label == 1)));
        Assert.Empty(data.Demonstrations.Select(example => example.NormalisedText).Intersect(data.Queries.Select(example => example.NormalisedText)));
        Assert.Empty(data.Notes);
    }

    [SkippableFact]
    public void All_of_sst2_is_read()
    {
        Repository.SharedOrSkip("data", "sst2", "train.tsv");
        var data = TaskData.Load(StudySpec.Load(Repository.PathOf("studies", "first.yaml")).Tasks[0]);
        Assert.Equal(872, data.Queries.Count);
        Assert.Equal("it 's a charming and often affecting journey .", data.Queries[0].Text);
        Assert.InRange(data.Demonstrations.Count, 60_000, 60_614);
    }

    public void Dispose() => _folder.Dispose();
}
