using Converge.Studies.Metrics;

namespace Converge.Tests.Metrics;

public class PredictionMetricTests
{
    [Fact]
    public void Prediction_is_the_most_probable_label_and_ties_keep_all_of_the_best()
    {
        Assert.Equal([1], LabelPrediction.Of([-3, -1, -2])!);
        Assert.Equal([0, 2], LabelPrediction.Of([-1, -2, -1])!);
        Assert.Null(LabelPrediction.Of([-1, double.NaN]));
    }

    [Fact]
    public void Accuracy_counts_a_tie_as_drawing_lots_would()
    {
        IReadOnlyList<int>?[] predictions = [[1], [0], [0, 1], [0, 1], null];
        Assert.Equal([1, 0, 0.5, 0, null], Accuracy.PerQuery(predictions, [1, 1, 1, 2, 0]));
    }

    [Fact]
    public void Agreement_is_about_the_label_not_about_being_right()
    {
        IReadOnlyList<int>?[] first = [[1], [0], [0, 1], [0, 1], null], second = [[1], [1], [0, 1], [1], [0]];
        Assert.Equal([1, 0, 1, 0.5, null], Agreement.PerQuery(first, second));
    }
}
