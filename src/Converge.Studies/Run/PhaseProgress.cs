namespace Converge.Studies.Run;

/// <summary>Turns the engine's count of tokens within a phase into the progress of the whole run.</summary>
/// <param name="phase">What is going on.</param>
/// <param name="start">Tokens planned before this phase.</param>
/// <param name="planned">Tokens planned for it.</param>
/// <param name="reported">The count at which the engine ends; it may count shared prefixes otherwise than the plan.</param>
/// <param name="tell">Takes the phase and the tokens done in the whole run.</param>
internal sealed class PhaseProgress(string phase, long start, long planned, long reported, Action<string, long> tell) : IProgress<long>
{
    /// <inheritdoc/>
    public void Report(long value) => tell(phase, start + (long)(planned * Math.Min(1, value / (double)reported)));
}
