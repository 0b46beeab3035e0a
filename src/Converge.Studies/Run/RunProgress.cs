namespace Converge.Studies.Run;

/// <summary>How far a run of a study is.</summary>
/// <param name="Phase">What is going on, in a few words.</param>
/// <param name="UnitsDone">Units stored so far, those found finished included.</param>
/// <param name="Units">Units of this shard.</param>
/// <param name="TokensDone">Tokens run through a model so far, in tuning and capture, as planned.</param>
/// <param name="Tokens">Tokens to run, of the units that were missing.</param>
public sealed record RunProgress(string Phase, int UnitsDone, int Units, long TokensDone, long Tokens);
