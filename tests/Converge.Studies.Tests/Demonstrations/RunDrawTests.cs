using Converge.Studies.Demonstrations;
using Converge.Studies.Spec;
using Converge.Studies.Tasks;
using Converge.Studies.Tests.Authored;
using FsCheck;
using FsCheck.Fluent;

namespace Converge.Studies.Tests.Demonstrations;

public sealed class RunDrawTests : IDisposable
{
    private readonly StudyFolder _folder = new();
    private readonly StudySpec _study;
    private readonly TaskSpec _task;
    private readonly TaskData _data;

    public RunDrawTests()
    {
        _study = _folder.Load();
        _task = _study.Tasks[0];
        _data = TaskData.Load(_task);
    }

    private RunDraw Draw(StudySpec study, int run) => RunDraw.Of(study, _task, _data, run);

    private StudySpec With(ulong seed, int k, int n) => _study with { Seed = seed, Base = _study.Base with { Demonstrations = new DemonstrationSpec(k, false) }, Queries = n };

    private static IEnumerable<string> Ids(IEnumerable<Example> examples) => examples.Select(example => example.Id);

    [Fact]
    public void A_run_is_the_same_each_time_and_runs_differ()
    {
        Assert.Equal(Ids(Draw(_study, 3).Demonstrations), Ids(Draw(_study, 3).Demonstrations));
        var runs = Enumerable.Range(0, 40).Select(run => Draw(_study, run)).ToList();
        Assert.Equal(3, runs.Select(run => run.Instruction).Distinct().Count());
        Assert.Equal(8, runs.SelectMany(run => Ids(run.Demonstrations)).Distinct().Count());
        Assert.Equal(6, runs.SelectMany(run => Ids(run.Queries)).Distinct().Count());
        Assert.InRange(runs.Select(run => string.Join(' ', Ids(run.Queries))).Distinct().Count(), 25, 40);
    }

    [Fact]
    public void Changing_one_part_leaves_the_other_streams_as_they_were() => Prop.ForAll(
        ArbMap.Default.ArbFor<ulong>(), Gen.Choose(1, 8).ToArbitrary(), Gen.Choose(1, 6).ToArbitrary(), (seed, k, n) =>
        {
            var (one, all) = (Draw(With(seed, k, n), 0), Draw(With(seed, 8, 6), 0));
            Assert.Equal(all.Instruction, one.Instruction);
            Assert.Equal(Ids(all.Demonstrations).Take(k), Ids(one.Demonstrations));
            Assert.Equal(Ids(all.Queries).Take(n), Ids(one.Queries));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Demonstrations_and_queries_are_drawn_independently()
    {
        // Pools of one size: drawn from one stream, both would be the same rows each time.
        _folder.Write("asked.tsv", "sentence\tlabel\n" + string.Concat(Enumerable.Range(1, 8).Select(i => $"query {i}\t1\n")));
        var data = TaskData.Load(_task);
        int same = Enumerable.Range(0, 200).Select(run => RunDraw.Of(_study, _task, data, run)).Count(draw => draw.Demonstrations[0].Id[^1] == draw.Queries[0].Id[^1]);
        Assert.InRange(same, 8, 50); // 200 / 8 in the mean
    }

    [Fact]
    public void A_query_is_never_its_own_demonstration()
    {
        // The pools are one file, so ids meet, and another row says the same in other letters.
        _folder.Write("shown.tsv", StudyFolder.Shown + "WARM !\t1\n");
        var task = _folder.LoadTask($"tasks.0.data.queries={_folder.PathOf("shown.tsv")}");
        var data = TaskData.Load(task);
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), Gen.Choose(1, 5).ToArbitrary(), (seed, k) =>
        {
            var draw = RunDraw.Of(With(seed, k, 3), task, data, 0);
            Assert.Empty(Ids(draw.Queries).Intersect(Ids(draw.Demonstrations)));
            Assert.Empty(draw.Queries.Select(query => query.NormalisedText).Intersect(draw.Demonstrations.Select(shown => shown.NormalisedText)));
            Assert.Equal(k, draw.Demonstrations.Select(shown => shown.NormalisedText).Distinct().Count());
            Assert.Equal(3, Ids(draw.Queries).Distinct().Count());
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    public void Balanced_demonstrations_show_every_label_equally_often(int k)
    {
        for (int run = 0; run < 20; run++)
        {
            var shown = Draw(_study with { Base = _study.Base with { Demonstrations = new DemonstrationSpec(k, true) } }, run).Demonstrations;
            int good = shown.Count(example => example.Label == 1);
            Assert.Equal(k, shown.Count);
            Assert.InRange(good, k / 2, (k + 1) / 2);
        }
    }

    [Theory]
    [InlineData(9, 3, "task 'words' needs 9 examples a run ('demonstrations.count') and finds 8")]
    [InlineData(2, 7, "task 'words' needs 7 examples a run ('queries') and finds 6")]
    public void More_than_the_data_hold_is_refused(int k, int n, string expected) => Assert.Contains(expected, StudyFolder.Refusal(() => Draw(With(1, k, n), 0)));

    [Fact]
    public void Streams_differ_by_seed_name_task_and_run()
    {
        var seeds = from seed in new ulong[] { 1, 2 }
                    from stream in Enum.GetValues<StreamName>()
                    from task in new[] { "a", "a1" }
                    from run in new[] { 0, 1, 11 }
                    select RandomStreams.SeedOf(seed, stream, task, run);
        Assert.Equal(2 * Enum.GetValues<StreamName>().Length * 2 * 3, seeds.Distinct().Count());
    }

    public void Dispose() => _folder.Dispose();
}
