using Converge.Studies.Demonstrations;
using Converge.Studies.Plan;
using Converge.Studies.Spec;
using Converge.Studies.Tasks;
using Converge.Studies.Tests.Authored;
using FsCheck;
using FsCheck.Fluent;

namespace Converge.Studies.Tests.Demonstrations;

public sealed class StudyDrawsTests : IDisposable
{
    private const string Pool = "sentence\tlabel\nwarm soup\t1\nsharp wit\t1\nkind word\t1\nbright day\t1\ncold soup\t0\ndull day\t0\nrude word\t0\ndark wit\t0\nfair play\t1\nvile soup\t0\n";

    private readonly StudyFolder _folder = new();
    private readonly StudySpec _study;
    private readonly StudyDraws _draws;
    private ModelTexts? _texts;

    public StudyDrawsTests()
    {
        // Both pools are one file, so that queries and demonstrations compete.
        _folder.Write("shown.tsv", Pool);
        _folder.Change("task.yaml", "queries: asked.tsv", "queries: shown.tsv");
        _study = _folder.WithLevel("context: demonstrations").Load("demonstrations.count=4", "queries=2");
        _draws = new StudyDraws(_study, _study.Tasks.Concat(_study.OtherTasks).ToDictionary(task => task.Name, TaskData.Load));
    }

    // Whatever the states of the model: nothing here asks for them.
    private ModelTexts Texts => _texts ??= ModelTexts.For(PlannedModel.Load(_study.Models[0]), _study);

    private UnitDraw Draw(int run, Func<DemonstrationSpec, DemonstrationSpec>? change = null, TuningSpec? tuning = null)
    {
        var settings = _study.Base with { Demonstrations = (change ?? (same => same))(_study.Base.Demonstrations) };
        return _draws.Of(tuning is null ? settings : settings with { Tuning = tuning }, _study.Tasks[0], run, Texts);
    }

    private static string[] Ids(IEnumerable<Demonstration> demonstrations) => [.. demonstrations.Select(demonstration => demonstration.Example.Id)];

    private static int Wrong(UnitDraw draw) => draw.Demonstrations.Count(demonstration => demonstration.Answer != demonstration.Example.Answer);

    [Fact]
    public void The_base_shows_what_the_run_drew()
    {
        var draw = Draw(3);
        var run = _draws.Run(_study.Tasks[0], 3);
        Assert.Equal(run.Demonstrations, draw.Demonstrations.Select(demonstration => demonstration.Example));
        Assert.All(draw.Demonstrations, demonstration => Assert.Equal((demonstration.Example.Text, demonstration.Example.Answer), (demonstration.Input, demonstration.Answer)));
        Assert.Equal(draw.Demonstrations, draw.Tuned);
        Assert.Equal(_study.Tasks[0].Instructions[run.Instruction], draw.Instruction);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.25, 1)]
    [InlineData(0.5, 2)]
    [InlineData(1, 4)]
    public void The_wanted_share_of_labels_is_wrong(double share, int expected)
    {
        for (int run = 0; run < 20; run++)
            Assert.Equal(expected, Wrong(Draw(run, spec => spec with { Labels = AnswerSource.Wrong, WrongFraction = share })));
    }

    [Fact]
    public void A_share_that_is_no_whole_number_is_met_on_average()
    {
        double mean = Enumerable.Range(0, 400).Average(run => Wrong(Draw(run, spec => spec with { Labels = AnswerSource.Wrong, WrongFraction = 0.4 })));
        Assert.InRange(mean, 1.5, 1.7);
    }

    [Fact]
    public void Wrong_labels_of_a_smaller_share_are_among_those_of_a_larger_one()
    {
        for (int run = 0; run < 20; run++)
        {
            var few = Draw(run, spec => spec with { Labels = AnswerSource.Wrong, WrongFraction = 0.25 }).Demonstrations;
            var many = Draw(run, spec => spec with { Labels = AnswerSource.Wrong, WrongFraction = 0.75 }).Demonstrations;
            Assert.Equal(Ids(few), Ids(many));
            Assert.All(few.Zip(many), pair => Assert.True(pair.First.Answer == pair.First.Example.Answer || pair.First.Answer == pair.Second.Answer));
        }
    }

    [Fact]
    public void Random_labels_are_right_half_of_the_time()
    {
        double wrong = Enumerable.Range(0, 300).Average(run => Wrong(Draw(run, spec => spec with { Labels = AnswerSource.Random })));
        Assert.InRange(wrong, 1.8, 2.2);
    }

    [Fact]
    public void A_wrong_translation_is_that_of_another_example()
    {
        for (int run = 0; run < 20; run++)
        {
            var shown = Draw(run, spec => spec with { Task = "lexicon", Count = 2, Labels = AnswerSource.Wrong }).Demonstrations;
            Assert.All(shown, demonstration => Assert.NotEqual(demonstration.Example.Answer, demonstration.Answer));
            Assert.All(shown, demonstration => Assert.Contains(demonstration.Answer!, new[] { "pes", "kocka", "ptak", "ryba" }));
        }
    }

    [Fact]
    public void Orders_are_all_different_and_hold_the_same_demonstrations()
    {
        for (int run = 0; run < 5; run++)
        {
            var orders = Enumerable.Range(0, 24).Select(order => Ids(Draw(run, spec => spec with { Order = order }).Demonstrations)).ToList();
            Assert.Equal(24, orders.Select(ids => string.Join(' ', ids)).Distinct().Count());
            Assert.All(orders, ids => Assert.Equal(orders[0].Order(), ids.Order()));
        }
    }

    [Fact]
    public void The_reordered_reference_never_has_the_order_shown()
    {
        for (int run = 0; run < 20; run++)
        {
            foreach (int order in new[] { 0, 1, 5 })
            {
                var draw = Draw(run, spec => spec with { Order = order });
                Assert.NotEqual(Ids(draw.Demonstrations), Ids(draw.Reordered!));
                Assert.Equal(Ids(draw.Demonstrations).Order(), Ids(draw.Reordered!).Order());
            }
        }
        Assert.Null(Draw(0, spec => spec with { Count = 1 }).Reordered);
    }

    [Fact]
    public void The_other_reference_has_as_many_demonstrations_and_none_of_the_same()
    {
        var draw = Draw(1);
        Assert.Equal(4, draw.Others!.Count);
        Assert.Empty(Ids(draw.Others).Intersect(Ids(draw.Demonstrations)));
    }

    [Fact]
    public void Contents_are_taken_away_or_exchanged()
    {
        var full = Draw(2).Demonstrations;
        var silent = Draw(2, spec => spec with { Content = DemonstrationContent.NoLabel }).Demonstrations;
        Assert.Equal(full.Select(demonstration => (demonstration.Input, (string?)null)), silent.Select(demonstration => (demonstration.Input, demonstration.Answer)));
        var blank = Draw(2, spec => spec with { Content = DemonstrationContent.NoInput }).Demonstrations;
        Assert.Equal(full.Select(demonstration => ("", demonstration.Answer)), blank.Select(demonstration => (demonstration.Input, demonstration.Answer)));
        var words = Pool.Split(['\n', '\t', ' ']).ToHashSet();
        var random = Draw(2, spec => spec with { Content = DemonstrationContent.RandomWords }).Demonstrations;
        Assert.All(random, demonstration => Assert.Equal(2, demonstration.Input.Split(' ').Count(words.Contains)));
        Assert.NotEqual(full.Select(demonstration => demonstration.Input), random.Select(demonstration => demonstration.Input));
        var lent = Draw(2, spec => spec with { Content = DemonstrationContent.OtherInputs, InputsFrom = "lexicon" }).Demonstrations;
        Assert.Equal(["bird", "cat", "dog", "fish"], lent.Select(demonstration => demonstration.Input).Order());
        Assert.Equal(full.Select(demonstration => demonstration.Answer), lent.Select(demonstration => demonstration.Answer));
    }

    [Fact]
    public void Another_tasks_demonstrations_come_with_its_wording()
    {
        var shown = Draw(0, spec => spec with { Task = "lexicon", Count = 2 }).Demonstrations;
        Assert.All(shown, demonstration => Assert.Matches("^In: (dog|cat|bird|fish)\nOut: (pes|kocka|ptak|ryba)$", demonstration.Block));
        Assert.All(shown, demonstration => Assert.Contains(demonstration.Instruction, new[] { "Translate it.", "Say it otherwise." }));
    }

    [Fact]
    public void Tuning_data_may_be_other_than_what_is_shown()
    {
        var tuning = _study.Base.Tuning;
        var lent = Draw(0, tuning: tuning with { Task = "lexicon" });
        Assert.Equal(Ids(Draw(0).Demonstrations), Ids(lent.Demonstrations));
        Assert.Equal(4, lent.Tuned.Count);
        Assert.All(lent.Tuned, row => Assert.Contains(row.Input, new[] { "dog", "cat", "bird", "fish" }));
        var shuffled = Enumerable.Range(0, 20).Select(run => Draw(run, tuning: tuning with { Data = TuningData.ShuffledAnswers })).ToList();
        Assert.All(shuffled, draw => Assert.Equal(draw.Demonstrations.Select(row => row.Answer).Order(), draw.Tuned.Select(row => row.Answer).Order()));
        Assert.All(shuffled, draw => Assert.Equal(Ids(draw.Demonstrations), Ids(draw.Tuned)));
        Assert.Contains(shuffled, draw => !draw.Tuned.Select(row => row.Answer).SequenceEqual(draw.Demonstrations.Select(row => row.Answer)));
    }

    [Fact]
    public void Another_instruction_is_another()
    {
        var settings = _study.Base with { Instruction = InstructionChoice.Other };
        var draws = Enumerable.Range(0, 60).Select(run => (Own: Draw(run), Other: _draws.Of(settings, _study.Tasks[0], run, Texts))).ToList();
        Assert.All(draws, pair => Assert.NotEqual(pair.Own.Instruction, pair.Other.Instruction));
        Assert.Equal(3, draws.Select(pair => pair.Other.Instruction).Distinct().Count());
    }

    [Fact]
    public void Nearest_demonstrations_share_words_with_the_queries_and_farthest_do_not()
    {
        double Shared(DemonstrationSelection selection) => Enumerable.Range(0, 40).Average(run =>
        {
            var draw = Draw(run, spec => spec with { Selection = selection, Count = 3 });
            var asked = draw.Queries.SelectMany(query => query.Text.Split(' ')).ToHashSet();
            return draw.Demonstrations.Count(demonstration => demonstration.Example.Text.Split(' ').Any(asked.Contains));
        });
        double nearest = Shared(DemonstrationSelection.Nearest), random = Shared(DemonstrationSelection.Random), farthest = Shared(DemonstrationSelection.Farthest);
        Assert.True(nearest > random + 0.5 && random > farthest + 0.5, $"{nearest} {random} {farthest}");
    }

    [Fact]
    public void A_query_is_never_its_own_demonstration_under_any_factor()
    {
        var contents = Enum.GetValues<DemonstrationContent>();
        var settings = from k in Gen.Choose(1, 4)
                       from balance in ArbMap.Default.GeneratorFor<bool>()
                       from selection in Gen.Elements(Enum.GetValues<DemonstrationSelection>())
                       from labels in Gen.Elements(Enum.GetValues<AnswerSource>())
                       from content in Gen.Elements(contents)
                       from task in Gen.Elements(null, "lexicon")
                       from tuned in Gen.Elements(null, "lexicon")
                       from data in Gen.Elements(TuningData.Demonstrations, TuningData.ShuffledAnswers)
                       select (Shown: new DemonstrationSpec(k, balance) { Selection = selection, Labels = labels, Content = content, InputsFrom = content == DemonstrationContent.OtherInputs ? "lexicon" : null, Task = task }, Task: tuned, Data: data);
        // A row of the other task says what a query says, in other letters.
        _folder.Write("known.tsv", StudyFolder.Known + "Warm, soup!\thore\nCOLD soup\tstudena\nsoup\tpolevka\nday\tden\n");
        var draws = new StudyDraws(_study with { References = [Converge.Studies.Conditions.Condition.IclReordered] }, _study.Tasks.Concat(_study.OtherTasks).ToDictionary(task => task.Name, TaskData.Load));
        Prop.ForAll(settings.ToArbitrary(), Gen.Choose(0, 200).ToArbitrary(), (level, run) =>
        {
            var draw = draws.Of(_study.Base with { Demonstrations = level.Shown, Tuning = _study.Base.Tuning with { Task = level.Task, Data = level.Data } }, _study.Tasks[0], run, Texts);
            var shown = draw.Demonstrations.Concat(draw.Reordered ?? []).Concat(draw.Tuned).ToList();
            Assert.Equal(_draws.Run(_study.Tasks[0], run).Queries, draw.Queries);
            Assert.Empty(draw.Queries.Select(query => query.Id).Intersect(Ids(shown)));
            Assert.Empty(draw.Queries.Select(query => query.NormalisedText).Intersect(shown.Select(one => one.Example.NormalisedText)));
            Assert.Empty(draw.Queries.Select(query => query.NormalisedText).Intersect(shown.Select(one => Example.Normalise(one.Input))));
            Assert.Equal(level.Shown.Count, draw.Demonstrations.Select(one => one.Example.NormalisedText).Distinct().Count());
        }).QuickCheckThrowOnFailure();
    }

    public void Dispose() => _folder.Dispose();
}
