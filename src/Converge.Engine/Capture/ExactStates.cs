using System.Numerics;

namespace Converge.Engine.Capture;

/// <summary>The states of one prompt in the arithmetic of the pass; shapes as in <see cref="PromptStates"/>.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed record ExactStates<T>(T[] ResidPost, T[] FinalNorm) where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The states in float32.</summary>
    public PromptStates ToSingle() => new(Convert(ResidPost), Convert(FinalNorm));

    private static float[] Convert(T[] values) => values as float[] ?? Array.ConvertAll(values, float.CreateTruncating);
}
