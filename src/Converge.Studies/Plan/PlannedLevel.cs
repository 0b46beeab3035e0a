using Converge.Studies.Spec;

namespace Converge.Studies.Plan;

/// <summary>A level that is run: the study's own settings, or a level of a factor.</summary>
/// <param name="Factor">The factor's id, or <see cref="Base"/>.</param>
/// <param name="Level">The level's id, or <see cref="Base"/>.</param>
/// <param name="Settings">All settings.</param>
public sealed record PlannedLevel(string Factor, string Level, UnitSettings Settings)
{
    /// <summary>The factor and level of a study's own settings.</summary>
    public const string Base = FactorReader.Reserved;

    /// <summary>For messages: nothing, or the level.</summary>
    internal string InWords => Factor == Base ? "" : $", factor {Factor}, level {Level}";

    /// <summary>What is run of a model and task: the study's own settings, then the levels of every factor that covers them, in the file's order.</summary>
    public static IEnumerable<PlannedLevel> Of(StudySpec study, string model, string task) =>
    [
        new PlannedLevel(Base, Base, study.Base),
        .. from factor in study.Factors
           from level in factor.Levels
           where factor.Covers(level, model, task)
           select new PlannedLevel(factor.Id, level.Id, level.Settings),
    ];
}
