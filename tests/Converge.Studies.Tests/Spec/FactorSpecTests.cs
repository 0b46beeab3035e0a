using Converge.Engine.Model;
using Converge.Studies.Conditions;
using Converge.Studies.Spec;
using Converge.Studies.Tests.Authored;

namespace Converge.Studies.Tests.Spec;

public sealed class FactorSpecTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    private FactorSpec Factor(string factor)
    {
        _folder.WithFactors($"\nfactors:\n  - {factor}\n");
        return Assert.Single(_folder.Load().Factors);
    }

    [Fact]
    public void Factors_are_read_with_their_levels_and_where_they_come_from()
    {
        var study = _folder.WithFactors().Load();
        Assert.Equal(["F1", "F4"], study.Factors.Select(factor => factor.Id));
        var labels = study.Factors[0];
        Assert.Equal(("label correctness", Standing.Known, "no effect", new BasePoint("gold", 0)), (labels.Title, labels.Tag, labels.Note, labels.Base));
        Assert.Equal([("half", Standing.Assumed, 0.5), ("all", Standing.Known, 1), ("random", Standing.Known, null)], labels.Levels.Select(level => (level.Id, level.Tag, level.Value)));
        Assert.Equal([(AnswerSource.Wrong, 0.5), (AnswerSource.Wrong, 1), (AnswerSource.Random, 1)],
            labels.Levels.Select(level => (level.Settings.Demonstrations.Labels, level.Settings.Demonstrations.WrongFraction)));
        Assert.Equal(("F4", Standing.Ours, "", new BasePoint("base", null)), (study.Factors[1].Title, study.Factors[1].Tag, study.Factors[1].Note, study.Factors[1].Base));
        Assert.Equal([1, 2, 4], study.Factors[1].Levels.Select(level => level.Settings.Demonstrations.Count));
        Assert.Equal(["tiny", "words"], study.Factors[1].Models.Concat(study.Factors[1].Tasks));
    }

    [Fact]
    public void A_level_leaves_alone_what_it_does_not_name()
    {
        _folder.WithFactors("\ntuning: {rank: 3, loss: sequence}\nfactors: [{id: f, levels: [{id: wide, tuning: {targets: [q_proj, up_proj]}, template: {separator: \"; \"}}]}]\n");
        var study = _folder.Load();
        var level = Assert.Single(Assert.Single(study.Factors).Levels).Settings;
        Assert.Equal([LinearLayer.QProj, LinearLayer.UpProj], level.Tuning.Targets);
        Assert.Equivalent(study.Base.Tuning, level.Tuning with { Targets = study.Base.Tuning.Targets });
        Assert.Equal(study.Base.Demonstrations, level.Demonstrations);
        Assert.Equal(study.Tasks[0].Template with { Separator = "; " }, level.TemplateOf(study.Tasks[0]));
        Assert.Equal(study.Tasks[0].Template, study.Base.TemplateOf(study.Tasks[0]));
    }

    [Fact]
    public void Every_key_of_a_level_can_be_set_from_the_command_line()
    {
        var level = _folder.WithFactors().Load("factors.0.levels.1.demonstrations.wrong_fraction=0.75", "factors.0.levels.1.tuning.method=full").Factors[0].Levels[1].Settings;
        Assert.Equal((0.75, TuningMethod.Full), (level.Demonstrations.WrongFraction, level.Tuning.Method));
    }

    [Fact]
    public void Factors_skip_untrained_copies_unless_they_are_named()
    {
        _folder.Change("study.yaml", "models:\n", "models:\n  - {id: blank, untrained_copy_of: tiny}\n");
        var text = File.ReadAllText(_folder.StudyFile);
        _folder.Write("study.yaml", text + "\nfactors:\n  - {id: f, levels: [{id: one, context: random_tokens}]}\n  - {id: g, models: [blank, tiny], levels: [{id: one, context: random_tokens}]}\n");
        var study = _folder.Load();
        Assert.Equal(new ModelSpec("blank", _folder.PathOf("model"), "tiny"), study.Models[0]);
        Assert.Equal([["tiny"], ["blank", "tiny"]], study.Factors.Select(factor => factor.Models));
    }

    [Fact]
    public void References_and_lenders_are_named()
    {
        var study = _folder.WithLevel("demonstrations: {task: lexicon}, tuning: {task: lexicon, data: shuffled_answers}").Load("other_tasks.0.version=3");
        Assert.Equal([Condition.IclOther, Condition.IclReordered], study.References);
        Assert.Equal(3, study.TaskOf("lexicon").Version);
        var settings = study.Factors[0].Levels[0].Settings;
        Assert.Equal(("lexicon", "lexicon", TuningData.ShuffledAnswers), (settings.Demonstrations.Task, settings.Tuning.Task, settings.Tuning.Data));
    }

    [Fact]
    public void A_study_may_say_where_its_own_values_come_from()
    {
        _folder.Change("study.yaml", "runs: 5", "runs: 5\nstanding: {runs: known, tuning.rank: assumed, demonstrations.count: ours}");
        Assert.Equal([("runs", Standing.Known), ("tuning.rank", Standing.Assumed), ("demonstrations.count", Standing.Ours)], _folder.Load().Standing.Select(entry => (entry.Key, entry.Value)));
        _folder.Change("study.yaml", "tuning.rank: assumed", "tuning.rnak: assumed");
        Assert.Contains("'standing' knows no key 'tuning.rnak' (did you mean 'tuning.rank'?)", _folder.Refusal());
        _folder.Change("study.yaml", "tuning.rnak: assumed", "tuning.rank: asumed");
        Assert.Contains("'standing' knows no 'asumed' (did you mean 'assumed'?)", _folder.Refusal());
    }

    [Theory]
    [InlineData("{id: base, levels: [{id: one}]}", "'factors.0.id' is 'base', which stands for the study's own settings")]
    [InlineData("{id: f, levels: [{id: base}]}", "'factors.0.levels.0.id' is 'base'")]
    [InlineData("{id: f, levels: [{id: one}, {id: one}]}", "'factors.0.levels' holds 'one' 2 times")]
    [InlineData("{id: f, base: {id: one}, levels: [{id: one}]}", "'factors.0.levels' holds 'one' 2 times")]
    [InlineData("{id: f, levels: []}", "'factors.0.levels' is empty")]
    [InlineData("{id: f, lvels: []}", "'factors.0.levels' is missing")]
    [InlineData("{id: f, levels: [{id: one, demonstration: {count: 3}}]}", "unknown key 'factors.0.levels.0.demonstration' (did you mean 'demonstrations'?)")]
    [InlineData("{id: f, levels: [{id: one, demonstrations: {labls: wrong}}]}", "unknown key 'factors.0.levels.0.demonstrations.labls' (did you mean 'labels'?)")]
    [InlineData("{id: f, levels: [{id: one, demonstrations: {labels: wrogn}}]}", "'factors.0.levels.0.demonstrations.labels' knows no 'wrogn' (did you mean 'wrong'?)")]
    [InlineData("{id: f, levels: [{id: one, demonstrations: {wrong_fraction: 0.5}}]}", "'factors.0.levels.0.demonstrations.wrong_fraction' is given, but labels are not wrong ones")]
    [InlineData("{id: f, levels: [{id: one, demonstrations: {labels: wrong, wrong_fraction: 2}}]}", "2 is out of range. Give a number from 0 to 1")]
    [InlineData("{id: f, levels: [{id: one, demonstrations: {order: 2}}]}", "2 is asked for, but 2 demonstrations have only 1 orders beside the one they are drawn in")]
    [InlineData("{id: f, levels: [{id: one, demonstrations: {content: other_inputs}}]}", "takes other inputs, and no task is named that lends them")]
    [InlineData("{id: f, levels: [{id: one, demonstrations: {task: wods}}]}", "knows no task 'wods' (did you mean 'words'?)")]
    [InlineData("{id: f, levels: [{id: one, template: {query: 'In:'}}]}", "'factors.0.levels.0.template.query' holds {text} 0 times")]
    [InlineData("{id: f, tag: knwon, levels: [{id: one}]}", "'factors.0.tag' knows no 'knwon' (did you mean 'known'?)")]
    [InlineData("{id: f, tasks: [word], levels: [{id: one}]}", "'factors.0.tasks' knows no 'word' (did you mean 'words'?)")]
    [InlineData("{id: f, models: [tinny], levels: [{id: one}]}", "'factors.0.models' knows no 'tinny' (did you mean 'tiny'?)")]
    public void A_mistake_in_a_factor_is_one_line_that_names_the_place(string factor, string expected) =>
        Assert.Contains(expected, StudyFolder.Refusal(() => Factor(factor)));

    [Theory]
    [InlineData("models:\n", "models:\n  - {id: blank, untrained_copy_of: tny}\n", "copies 'tny', which is no trained model of this study (did you mean 'tiny'?)")]
    [InlineData("models:\n", "models:\n  - {id: blank, untrained_copy_of: tiny, path: model}\n", "is given beside 'untrained_copy_of'")]
    [InlineData("runs: 5", "other_tasks: [task.yaml]\nruns: 5", "'other_tasks' holds 'words' 2 times")]
    [InlineData("runs: 5", "references: [icl_oter]\nruns: 5", "'references' knows no 'icl_oter' (did you mean 'icl_other'?)")]
    public void A_mistake_beside_the_factors_is_named_too(string before, string after, string expected)
    {
        _folder.Change("study.yaml", before, after);
        Assert.Contains(expected, _folder.Refusal());
    }

    public void Dispose() => _folder.Dispose();
}
