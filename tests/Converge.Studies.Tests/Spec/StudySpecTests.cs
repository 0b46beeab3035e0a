using Converge.Engine.Model;
using Converge.Studies.Spec;
using Converge.Studies.Tasks;
using Converge.Studies.Tests.Authored;
using Converge.Tests;

namespace Converge.Studies.Tests.Spec;

public sealed class StudySpecTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    [Fact]
    public void A_study_is_read_with_its_tasks()
    {
        var study = _folder.Load();
        Assert.Equal("small", study.Name);
        Assert.Equal(7UL, study.Seed);
        Assert.Equal(new ModelSpec("tiny", _folder.PathOf("model")), Assert.Single(study.Models));
        Assert.Equal((5, 3, 2), (study.Runs, study.Queries, study.Base.Demonstrations.Count));
        var task = Assert.Single(study.Tasks);
        Assert.Equal(_folder.PathOf("shown.tsv"), task.Data.Demonstrations.File);
        Assert.Equal([new LabelSpec("0", "bad"), new LabelSpec("1", "good")], task.Labels);
        Assert.Equal("In: {text}\nOut:", task.Template.Query);
    }

    [Fact]
    public void What_is_left_out_has_the_values_of_the_method()
    {
        var study = _folder.Load();
        Assert.Equal((8, 32.0, 0.05), (study.Base.Tuning.Rank, study.Base.Tuning.Alpha, study.Base.Tuning.Dropout));
        Assert.Equal([LinearLayer.QProj, LinearLayer.VProj], study.Base.Tuning.Targets);
        Assert.Equal((1e-4, 10, 1, TuningLoss.Answer), (study.Base.Tuning.LearningRate, study.Base.Tuning.Epochs, study.Base.Tuning.BatchSize, study.Base.Tuning.Loss));
        Assert.Equal(ComputeMode.F32, study.Compute);
        Assert.Empty(study.Keep);
        Assert.False(study.Base.Demonstrations.Balance);
        Assert.True(study.Tasks[0].Template.InstructionInIcl);
    }

    [Fact]
    public void An_override_wins_over_the_file()
    {
        var study = _folder.Load("runs=2", "tuning.learning_rate=1e-3", "models.0.id=other", "tasks.0.labels.1=great", "tuning.targets=[k_proj]", "keep=[prompts, states]");
        Assert.Equal(2, study.Runs);
        Assert.Equal(1e-3, study.Base.Tuning.LearningRate);
        Assert.Equal("other", study.Models[0].Id);
        Assert.Equal(["bad", "great"], study.Tasks[0].Labels!.Select(label => label.Word));
        Assert.Equal([LinearLayer.KProj], study.Base.Tuning.Targets);
        Assert.Equal([KeepKind.Prompts, KeepKind.States], study.Keep);
    }

    [Fact]
    public void A_path_in_an_override_is_meant_from_the_current_folder() =>
        Assert.Equal(Path.GetFullPath("some/model"), _folder.Load("models.0.path=some/model").Models[0].Path);

    [Fact]
    public void An_override_may_name_another_task_file()
    {
        File.Copy(_folder.PathOf("task.yaml"), _folder.PathOf("other.yaml"));
        _folder.Change("other.yaml", "name: words", "name: others");
        Assert.Equal("others", _folder.LoadTask($"tasks.0={_folder.PathOf("other.yaml")}").Name);
    }

    [Fact]
    public void A_task_may_stand_in_the_study_itself()
    {
        _folder.Change("study.yaml", "tasks: [task.yaml]", "tasks:\n  - " + StudyFolder.Task.Replace("\n", "\n    "));
        Assert.Equal("words", _folder.LoadTask().Name);
    }

    [Theory]
    [InlineData("study.yaml", "runs: 5", "rnus: 5", ":6: unknown key 'rnus' (did you mean 'runs'?)")]
    [InlineData("study.yaml", "count: 2", "cuont: 2", ":9: unknown key 'demonstrations.cuont' (did you mean 'count'?)")]
    [InlineData("study.yaml", "runs: 5", "runs: five", ":6: 'runs' is 'five', not a whole number")]
    [InlineData("study.yaml", "runs: 5", "runs: 2.5", ":6: 'runs' is '2.5', not a whole number")]
    [InlineData("study.yaml", "runs: 5", "runs: 0", ":6: 'runs' 0 is out of range")]
    [InlineData("study.yaml", "runs: 5", "runs: [5]", ":6: 'runs' is a list")]
    [InlineData("study.yaml", "runs: 5", "runs: 5\nruns: 6", "is not valid YAML")]
    [InlineData("study.yaml", "name: small", "", "'name' is missing")]
    [InlineData("study.yaml", "name: small", "name: ../up", ":1: 'name' '../up' is not a name")]
    [InlineData("study.yaml", "tasks: [task.yaml]", "tasks: task.yaml", ":5: 'tasks' is 'task.yaml', not a list")]
    [InlineData("study.yaml", "task.yaml", "absent.yaml", "absent.yaml' does not exist")]
    [InlineData("study.yaml", "tasks: [task.yaml]", "tasks: [task.yaml, task.yaml]", "'tasks' holds 'words' 2 times")]
    [InlineData("study.yaml", "models:", "models: [", "is not valid YAML")]
    [InlineData("study.yaml", "runs: 5", "runs: 5\ncompute: f16", ":7: 'compute' knows no 'f16' (did you mean 'bf16'?). Choose among f32, bf16, f64.")]
    [InlineData("study.yaml", "runs: 5", "runs: 5\nkeep: [prompt]", "'keep' knows no 'prompt' (did you mean 'prompts'?)")]
    [InlineData("study.yaml", "runs: 5", "runs: 5\ntuning: {dropout: 1}", "'tuning.dropout' 1 is out of range")]
    [InlineData("study.yaml", "runs: 5", "runs: 5\ntuning: {method: ful}", "'tuning.method' knows no 'ful' (did you mean 'full'?)")]
    [InlineData("study.yaml", "runs: 5", "runs: 5\ntuning: {learning_rate: .inf}", "'tuning.learning_rate' is '.inf', not a number")]
    [InlineData("task.yaml", "version: 1", "versoin: 1", "task.yaml:1: 'tasks.0.version' is missing")]
    [InlineData("task.yaml", "{text}", "{txt}", "task.yaml:14: 'tasks.0.template.query' holds {txt}, which has no meaning there. Use {text}.")]
    [InlineData("task.yaml", "\"0\": bad", "\"0\": good", "'tasks.0.labels' gives the word 'good' to 2 values")]
    [InlineData("task.yaml", "format: tsv", "encoding: utf-99", "'tasks.0.data.encoding' knows no 'utf-99'")]
    [InlineData("task.yaml", "instructions: [Judge it., Good or bad?, Which is it?]", "instructions: []", "'tasks.0.instructions' is empty")]
    public void A_mistake_in_a_file_is_one_line_that_names_the_place(string file, string before, string after, string expected)
    {
        _folder.Change(file, before, after);
        Assert.Contains(expected, _folder.Refusal());
    }

    [Theory]
    [InlineData("runs", "--set runs: has no value")]
    [InlineData("runs=many", "--set runs=many: 'runs' is 'many'")]
    [InlineData("tuning.rnak=4", "--set tuning.rnak=4: unknown key 'tuning.rnak' (did you mean 'rank'?)")]
    [InlineData("models.3.id=x", "'3' is not a position in the list 'models', which has 1 items")]
    [InlineData("runs.more=1", "'runs' is '5', which has no keys")]
    public void A_mistake_in_an_override_names_the_option(string change, string expected) => Assert.Contains(expected, _folder.Refusal(change));

    [Fact]
    public void All_mistakes_are_found_at_once()
    {
        _folder.Change("study.yaml", "runs: 5", "rnus: 5");
        _folder.Change("task.yaml", "answer: \" {label}\"", "answer: yes");
        Assert.Null(StudySpec.Load(_folder.StudyFile, ["queries=0"], out var problems));
        Assert.Equal(3, problems.Count);
    }

    [Fact]
    public void A_file_that_is_missing_or_is_no_text_is_named()
    {
        Assert.Contains("absent.yaml: does not exist", StudyFolder.Refusal(() => StudySpec.Load("absent.yaml")));
        File.WriteAllBytes(_folder.StudyFile, [0x6e, 0xff, 0xfe]);
        Assert.Contains("cannot be read", _folder.Refusal());
    }

    [Theory]
    [InlineData("first.yaml")]
    [InlineData("demo.yaml")]
    [InlineData("paper.yaml")]
    [InlineData("beyond.yaml")]
    [InlineData("public.yaml")]
    public void The_studies_of_this_repository_can_be_read(string name) => Assert.NotEmpty(StudySpec.Load(Repository.PathOf("studies", name)).Tasks);

    [Fact]
    public void A_task_file_can_be_changed_in_the_study_and_further_on_the_command_line()
    {
        _folder.Change("study.yaml", "[task.yaml]", "\n  - {file: task.yaml, version: 3, data: {most_characters: 9, columns: {id: key}}, template: {separator: ';'}}");
        var plain = _folder.LoadTask("tasks.0=" + _folder.PathOf("task.yaml"));
        var task = _folder.LoadTask("tasks.0.data.most_characters=7");
        Assert.Equal((3, 7, "key", ";"), (task.Version, task.Data.MostCharacters, task.Data.Columns.Id, task.Template.Separator));
        Assert.Equivalent(plain, task with { Version = 1, Data = task.Data with { MostCharacters = null, Columns = task.Data.Columns with { Id = null } }, Template = task.Template with { Separator = plain.Template.Separator } }, strict: true);
        _folder.Change("study.yaml", "version: 3", "wersion: 3");
        Assert.Contains("wersion", _folder.Refusal());
        _folder.Change("study.yaml", "file: task.yaml", "file: none.yaml");
        Assert.Contains("none.yaml' does not exist", _folder.Refusal());
    }

    public void Dispose() => _folder.Dispose();
}
