using Converge.Engine.Capture;

namespace Converge.Engine.Tests.Invariance;

/// <summary>Equality of captures in every bit.</summary>
internal static class SameStates
{
    /// <summary>Every tap.</summary>
    public const CaptureTaps Every = CaptureTaps.ResidPost | CaptureTaps.AttnOut | CaptureTaps.AttnScores | CaptureTaps.Queries | CaptureTaps.Keys | CaptureTaps.Logits;

    public static void Check(CapturedStates expected, CapturedStates actual)
    {
        Assert.Equal(expected.Prompts.Count, actual.Prompts.Count);
        for (int i = 0; i < expected.Prompts.Count; i++) Check(expected.Prompts[i], actual.Prompts[i]);
        Assert.Equal(expected.LogProbabilities, actual.LogProbabilities);
    }

    public static void Check(PromptStates expected, PromptStates actual)
    {
        Assert.Equal(expected.ResidPost, actual.ResidPost);
        Assert.Equal(expected.FinalNorm, actual.FinalNorm);
        Assert.Equal(expected.AttnOut, actual.AttnOut);
        Assert.Equal(expected.AttnScores, actual.AttnScores);
        Assert.Equal(expected.Queries, actual.Queries);
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.Equal(expected.Logits, actual.Logits);
    }
}
