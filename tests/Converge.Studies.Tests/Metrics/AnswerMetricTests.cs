using System.Text.Json;
using Converge.Studies.Metrics;

namespace Converge.Tests.Metrics;

/// <summary>M9, M11 to M14, C6: metrics of what conditions would answer.</summary>
public class AnswerMetricTests
{
    [Fact]
    public void Recovery_counts_what_tuning_mends_and_icl_mends_too()
    {
        // Queries 0, 1, 2 are mended by IT; ICL gets 0 and 1 of them right. Query 3 was right before, 4 stays wrong, 5 has no prediction.
        Assert.Equal(2 / 3.0, Recovery.Of([0, 0, 0, 1, 0, null], [1, 1, 0, 1, 1, 1], [1, 1, 1, 1, 0, 1])!.Value, 1e-15);
        // A tie of the anchor counts half: (0.5 x 1 x 1) / (0.5 + 1).
        Assert.Equal(1 / 3.0, Recovery.Of([0.5, 0], [1, 0], [1, 1])!.Value, 1e-15);
        Assert.Null(Recovery.Of([1, 0], [1, 1], [1, 0]));
    }

    [Fact]
    public void Divergences_by_hand_and_by_scipy()
    {
        Assert.Equal(0, Divergence.JensenShannon([0.3, 0.7], [0.3, 0.7]));
        Assert.Equal(1, Divergence.JensenShannon([1, 0], [0, 1])!.Value, 1e-15);
        // Against (3/4, 1/4): 1 log(4/3) and (log(2/3) + log 2) / 2.
        Assert.Equal((Math.Log2(4 / 3.0) + (Math.Log2(2 / 3.0) + 1) / 2) / 2, Divergence.JensenShannon([1, 0], [0.5, 0.5])!.Value, 1e-15);
        Assert.Null(Divergence.JensenShannon([double.NaN, 1], [0.5, 0.5]));
        var scipy = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("tests", "fixtures", "statistics", "statistics.json"))).RootElement;
        var js = scipy.GetProperty("jensen_shannon");
        Assert.Equal(js.GetProperty("bits").GetDouble(), Divergence.JensenShannon(Numbers(js, "p"), Numbers(js, "q"))!.Value, 1e-12);
        var kl = scipy.GetProperty("kl");
        Assert.Equal(kl.GetProperty("nats").GetDouble(), Divergence.KullbackLeibler(Logs(Numbers(kl, "p")), Logs(Numbers(kl, "q")))!.Value, 1e-6);
        Assert.Equal(0, Divergence.KullbackLeibler(Logs([0.2, 0.8]), Logs([0.2, 0.8])));
        Assert.Null(Divergence.KullbackLeibler([0, float.NegativeInfinity], [float.NegativeInfinity, 0]));
        Assert.Equal(0, Divergence.KullbackLeibler([0, float.NegativeInfinity], [0, float.NegativeInfinity]));
    }

    [Fact]
    public void Label_distributions_are_taken_relative_to_the_greatest()
    {
        Assert.Equal([0.25, 0.75], LabelDistribution.Of([-1000, -1000 + Math.Log(3)]), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.All(Divergence.OfLabels([-1, -2, -3, -4], [-2, -3, -1, -2], 2, 2), value => Assert.Equal(0, value!.Value, 1e-12));
    }

    [Fact]
    public void Queries_are_split_by_equal_predictions()
    {
        IReadOnlyList<int>?[] first = [[0], [0], [0, 1], null], second = [[0], [1], [0, 1], [0]];
        Assert.Equal([true, false, true, null], SamePrediction.PerQuery(first, second));
        Assert.Equal([1.0, null, 3.0, null], SamePrediction.Only([1, 2, 3, 4], SamePrediction.PerQuery(first, second), true));
        Assert.Equal([null, 2.0, null, null], SamePrediction.Only([1, 2, 3, 4], SamePrediction.PerQuery(first, second), false));
        Assert.Equal([false, false, false, null], SamePrediction.PerQuery(first, second, [[1], [1], [0], [0]]));
    }

    [Fact]
    public void Top_tokens_overlap_by_count_and_by_the_cosine_over_their_union()
    {
        float[] first = Logs([0.5, 0.3, 0.1, 0.1]), second = Logs([0.5, 0.1, 0.1, 0.3]);
        Assert.Equal(0.5, TokenOverlap.Share(first, second, 2));
        // Over tokens 0, 1 and 3.
        Assert.Equal((0.25 + 0.03 + 0.03) / (0.25 + 0.09 + 0.01), TokenOverlap.Confidence(first, second, 2)!.Value, 1e-6);
        Assert.Equal(1, TokenOverlap.Share(first, first));
    }

    [Fact]
    public void Order_sensitivity_sums_the_spread_of_every_token()
    {
        // Each token moves by 0.1 to either side of its mean.
        Assert.Equal(0.2, OrderSensitivity.Of([Logs([0.4, 0.6]), Logs([0.6, 0.4])])!.Value, 1e-6);
        Assert.Equal(0, OrderSensitivity.Of([Logs([0.4, 0.6]), Logs([0.4, 0.6]), Logs([0.4, 0.6])]));
        Assert.Null(OrderSensitivity.Of([Logs([0.4, 0.6])]));
    }

    [Theory]
    [InlineData(1, ShiftKind.Unshifted)]
    [InlineData(2, ShiftKind.Marginal)]
    [InlineData(3, ShiftKind.Marginal)]
    [InlineData(4, ShiftKind.Shifted)]
    public void A_tokens_shift_is_its_rank_under_the_anchor(int rank, ShiftKind kind) => Assert.Equal(kind, TokenShift.KindOf(rank));

    [Fact]
    public void Task_vectors_recover_a_share_of_the_gain()
    {
        Assert.Equal(0.5, TaskVector.Recovered(0.5, 0.9, 0.7)!.Value, 1e-15);
        Assert.Equal(-0.25, TaskVector.Recovered(0.5, 0.9, 0.4)!.Value, 1e-12);
        Assert.Null(TaskVector.Recovered(0.5, 0.5, 0.6));
        Assert.Null(TaskVector.Recovered(null, 0.5, 0.6));
    }

    private static float[] Logs(double[] probabilities) => [.. probabilities.Select(p => (float)Math.Log(p))];

    private static double[] Numbers(JsonElement of, string name) => [.. of.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];
}
