using System.Numerics;
using Converge.Engine.Model;

namespace Converge.Engine.Capture;

/// <summary>The states of one prompt in the arithmetic of the pass; shapes as in <see cref="PromptStates"/>.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class ExactStates<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Room for what a request keeps of a prompt of so many tokens at so many positions.</summary>
    public ExactStates(ModelConfig config, CaptureRequest request, int tokens, int positions)
    {
        int layers = request.LayersOf(config).Count, blocks = request.BlocksOf(config).Count;
        FinalNorm = new T[positions * config.HiddenSize];
        ResidPost = Of(CaptureTaps.ResidPost, (long)layers * positions * config.HiddenSize);
        AttnOut = Of(CaptureTaps.AttnOut, (long)blocks * positions * config.HiddenSize);
        AttnScores = Of(CaptureTaps.AttnScores, (long)blocks * config.Heads * tokens);
        Queries = Of(CaptureTaps.Queries, (long)blocks * positions * config.QueryWidth);
        Keys = Of(CaptureTaps.Keys, (long)blocks * positions * config.KeyValueWidth);
        Logits = Of(CaptureTaps.Logits, config.VocabSize);

        T[] Of(CaptureTaps tap, long size) => request.Keeps(tap) ? new T[size] : [];
    }

    public T[] ResidPost { get; }

    public T[] FinalNorm { get; }

    public T[] AttnOut { get; }

    public T[] AttnScores { get; }

    public T[] Queries { get; }

    public T[] Keys { get; }

    public T[] Logits { get; }

    /// <summary>The states in float32.</summary>
    public PromptStates ToSingle() => new(Convert(ResidPost), Convert(FinalNorm))
    {
        AttnOut = Convert(AttnOut),
        AttnScores = Convert(AttnScores),
        Queries = Convert(Queries),
        Keys = Convert(Keys),
        Logits = Convert(Logits),
    };

    private static float[] Convert(T[] values) => values as float[] ?? Array.ConvertAll(values, float.CreateTruncating);
}
