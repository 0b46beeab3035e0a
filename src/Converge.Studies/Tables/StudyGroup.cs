using Converge.Studies.Run;

namespace Converge.Studies.Tables;

/// <summary>The runs that are summarised together: one model, task, factor and level.</summary>
/// <param name="Model">The model's id.</param>
/// <param name="Task">The task's name.</param>
/// <param name="Factor">The factor, or <c>base</c>.</param>
/// <param name="Level">The factor's level, or <c>base</c>.</param>
public sealed record StudyGroup(string Model, string Task, string Factor, string Level)
{
    /// <summary>The group that a unit belongs to.</summary>
    public static StudyGroup Of(UnitKey key) => new(key.Model, key.Task, key.Factor, key.Level);
}
