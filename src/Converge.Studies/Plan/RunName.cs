using Converge.Studies.Run;

namespace Converge.Studies.Plan;

/// <summary>
/// The names of runs in exported files: the run's number, preceded by those of model, task, factor and level that are not the same in the
/// whole study, joined by '+', which no name holds. A study of one model, task and level has <c>0</c>, <c>1</c>, ...; one of two models
/// has <c>small+0</c>, <c>large+0</c>, ...
/// </summary>
public sealed class RunName
{
    private readonly Func<UnitKey, string>[] _varying;

    /// <summary>The rule for a study with these units.</summary>
    public RunName(IReadOnlyCollection<UnitKey> units)
    {
        Func<UnitKey, string>[] parts = [unit => unit.Model, unit => unit.Task, unit => unit.Factor, unit => unit.Level];
        _varying = [.. parts.Where(part => units.Select(part).Distinct().Count() > 1)];
    }

    /// <summary>The name of one run.</summary>
    public string Of(UnitKey unit) => string.Join('+', [.. _varying.Select(part => part(unit)), unit.Run.ToString()]);
}
