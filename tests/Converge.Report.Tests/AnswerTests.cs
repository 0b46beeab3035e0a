using Converge.Studies.Conditions;
using Converge.Studies.Run;

namespace Converge.Tests;

public sealed class AnswerTests : IDisposable
{
    private readonly ReportFolder _report = new();

    public void Dispose() => _report.Dispose();

    [Fact]
    public void Icl_equal_to_it_is_a_yes_with_cosine_one()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt));
        Assert.StartsWith("Yes. ICL and IT leave states that are closer to each other (cosine 1.000 [1.000, 1.000]) than either is to the anchor", _report.Verdict);
        Assert.Contains("and closer than the states of different queries", _report.Verdict);
        Assert.StartsWith("ICL and IT move the state in nearly the same direction: shift cosine 1.000 [1.000, 1.000]; ICL's shift is 1.000 [1.000, 1.000] times", _report.Remark("Direction"));
    }

    [Fact]
    public void Icl_that_does_nothing_is_a_no_and_its_shift_is_undefined()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclDoesNothing));
        Assert.StartsWith("No. ICL stays closer to the anchor (1.000 [1.000, 1.000]) than it comes to IT", _report.Verdict);
        Assert.Contains("The demonstrations hardly moved the state (anchor–ICL 1.000), so ICL–IT repeats anchor–IT.", _report.Remark("Against the anchor"));
        Assert.StartsWith("Undefined", _report.Remark("Direction"));
    }

    [Fact]
    public void It_that_does_nothing_is_a_no_that_says_so()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.ItDoesNothing));
        Assert.StartsWith("No. IT stays closer to the anchor (1.000 [1.000, 1.000]) than it comes to ICL", _report.Verdict);
        Assert.Contains("Tuning hardly moved the state (anchor–IT 1.000), so ICL–IT repeats anchor–ICL.", _report.Remark("Against the anchor"));
    }

    [Fact]
    public void Opposite_directions_are_a_no_with_shift_cosine_minus_one()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.OppositeDirections));
        Assert.StartsWith("No. Both stay closer to the anchor", _report.Verdict);
        Assert.StartsWith("ICL and IT move the state in opposite directions: shift cosine −1.000 [−1.000, −1.000]; ICL's shift is 0.500 [0.500, 0.500] times", _report.Remark("Direction"));
    }

    [Fact]
    public void Convergence_at_layer_3_alone_is_a_no_whose_layer_figure_says_layer_3()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.OnlyLayer3Converges));
        Assert.StartsWith("No. ", _report.Verdict);
        Assert.Contains("ICL–IT is clearly above both anchor–ICL and anchor–IT at layer 3 of 0–5, and nowhere else.", _report.Html);
    }

    [Fact]
    public void A_cosine_no_higher_than_that_of_different_queries_is_never_a_plain_yes()
    {
        // ICL and IT share their queries' noise with nobody, so ICL-IT is high only because all states point one way.
        _report.Write(PlantedUnits.Runs((condition, run, query, layer) =>
            [40, condition == Condition.Anchor ? 30 : 0, .. PlantedUnits.OneDirection(condition, run, query, layer).AsSpan(1, 10)]));
        Assert.StartsWith("In part. ICL and IT leave states that are closer to each other", _report.Verdict);
        Assert.Contains("the cosine alone does not show that ICL and IT treat a query alike", _report.Verdict);
    }

    [Fact]
    public void When_nothing_moves_anything_the_answer_is_undecided()
    {
        _report.Write(PlantedUnits.Runs((_, run, query, layer) => PlantedUnits.OneDirection(Condition.Anchor, run, query, layer)));
        Assert.StartsWith("Undecided. ", _report.Verdict);
        Assert.Contains("all three conditions are nearly the same state", _report.Remark("Against the anchor"));
    }

    [Fact]
    public void One_run_decides_nothing_and_has_no_interval_anywhere()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt, 1));
        Assert.StartsWith("Undecided. With one run there is no interval", _report.Verdict);
        Assert.Contains(_report.Banners, banner => banner.StartsWith("Few runs: ", StringComparison.Ordinal));
        Assert.DoesNotContain("[1.000", _report.Html);
        Assert.DoesNotContain("pointwise 95 % intervals", _report.Description("layers"));
    }

    [Fact]
    public void Accuracy_at_chance_is_said_on_the_first_screen()
    {
        _report.Write(Enumerable.Range(0, 8).Select(run => Answering(run, (condition, query) => (query * 3 + run + (int)condition) / 2 % 2 == 0)));
        Assert.Contains("The model's accuracy is at chance in every condition", _report.Remark("The task itself"));
    }

    [Fact]
    public void A_condition_that_does_the_task_is_named()
    {
        _report.Write(Enumerable.Range(0, 8).Select(run => Answering(run, (condition, query) => condition == Condition.Icl || query / 2 % 2 == 0)));
        Assert.Contains("Accuracy: anchor 0.500 [0.500, 0.500], ICL 1.000 [1.000, 1.000], IT 0.500 [0.500, 0.500]; guessing evenly gives 0.500", _report.Remark("The task itself"));
        Assert.EndsWith("Only ICL does better than guessing.", _report.Remark("The task itself"));
    }

    // Gold labels alternate with the query and the run; a right answer gives them.
    private static UnitRecord Answering(int run, Func<Condition, int, bool> right) =>
        PlantedUnits.Unit(PlantedUnits.IclEqualsIt, run, (condition, query) => (query + run) % 2 == (right(condition, query) ? 0 : 1) ? [-0.1, -2] : [-2, -0.1]);
}
