using Converge.Studies.Advice;

namespace Converge.Studies.Tests.Advice;

public sealed class CalibrationTests
{
    [Fact]
    public void The_error_weighs_bins_by_their_answers()
    {
        // Bin [0.9, 1]: confidences 0.9, 1.0, one right: |1 - 1.9| = 0.9. Bin [0.6, 0.7): 0.6, 0.65, both right: |2 - 1.25| = 0.75. Over four answers.
        Assert.Equal((0.9 + 0.75) / 4, Calibration.Error([0.9, 1.0, 0.6, 0.65], [true, false, true, true]), 12);
        Assert.Equal(0, Calibration.Error([0.5, 0.5], [true, false]), 12);
    }
}
