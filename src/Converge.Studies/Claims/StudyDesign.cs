using Converge.Studies.Spec;

namespace Converge.Studies.Claims;

/// <summary>A factor's level, as groups of runs name it, and its place on the factor's scale.</summary>
/// <param name="Factor">The factor's id.</param>
/// <param name="Level">The level's id.</param>
/// <param name="Place">The place, where levels are ordered.</param>
public sealed record DesignLevel(string Factor, string Level, double Place = 0);

/// <summary>What of a study's design claims refer to: which levels vary what, and which models belong together.</summary>
public sealed record StudyDesign
{
    /// <summary>The models' ids, in the study's order; the first is the one that P1 to P7 are about.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>The tasks' names, in the study's order.</summary>
    public required IReadOnlyList<string> Tasks { get; init; }

    /// <summary>Untrained copies by the id of the model that they copy (C2).</summary>
    public IReadOnlyDictionary<string, string> Untrained { get; init; } = new Dictionary<string, string>();

    /// <summary>The models tuned for chat: those whose id or path says "chat" or "instruct".</summary>
    public IReadOnlyList<string> Chat { get; init; } = [];

    /// <summary>Levels whose demonstrations carry wrong or random answers (F1).</summary>
    public IReadOnlyList<DesignLevel> WrongLabels { get; init; } = [];

    /// <summary>Levels whose demonstrations come from another task (F2).</summary>
    public IReadOnlyList<DesignLevel> OtherTask { get; init; } = [];

    /// <summary>Levels whose demonstrations are chosen by similarity (F3): -1 the farthest, 1 the nearest. The base is random, at 0.</summary>
    public IReadOnlyList<DesignLevel> Similarity { get; init; } = [];

    /// <summary>Levels of another number of demonstrations (F4), at log2 of it.</summary>
    public IReadOnlyList<DesignLevel> Counts { get; init; } = [];

    /// <summary>The base's place among <see cref="Counts"/>.</summary>
    public double BaseCount { get; init; }

    /// <summary>Levels that tune on something else than the demonstrations (C4).</summary>
    public IReadOnlyList<DesignLevel> UnrelatedTuning { get; init; } = [];

    /// <summary>Levels whose context is random tokens (C5).</summary>
    public IReadOnlyList<DesignLevel> RandomContext { get; init; } = [];

    /// <summary>The design of a study.</summary>
    public static StudyDesign Of(StudySpec study)
    {
        var levels = study.Factors.SelectMany(factor => factor.Levels.Select(level => (Factor: factor.Id, Level: level))).ToList();
        IReadOnlyList<DesignLevel> Where(Func<UnitSettings, bool> holds, Func<UnitSettings, double>? place = null) =>
            [.. levels.Where(one => holds(one.Level.Settings)).Select(one => new DesignLevel(one.Factor, one.Level.Id, place?.Invoke(one.Level.Settings) ?? 0))];
        return new StudyDesign
        {
            Models = [.. study.Models.Where(model => model.UntrainedCopyOf is null).Select(model => model.Id)],
            Tasks = [.. study.Tasks.Select(task => task.Name)],
            Untrained = study.Models.Where(model => model.UntrainedCopyOf is not null).GroupBy(model => model.UntrainedCopyOf!).ToDictionary(copies => copies.Key, copies => copies.First().Id),
            Chat = [.. study.Models.Where(model => model.UntrainedCopyOf is null && IsChat(model)).Select(model => model.Id)],
            WrongLabels = Where(settings => settings.Demonstrations.Labels != study.Base.Demonstrations.Labels),
            OtherTask = Where(settings => settings.Demonstrations.Task is not null),
            Similarity = Where(settings => settings.Demonstrations.Selection != DemonstrationSelection.Random, settings => settings.Demonstrations.Selection == DemonstrationSelection.Nearest ? 1 : -1),
            Counts = Where(settings => settings.Demonstrations.Count != study.Base.Demonstrations.Count, settings => Math.Log2(settings.Demonstrations.Count)),
            BaseCount = Math.Log2(study.Base.Demonstrations.Count),
            UnrelatedTuning = Where(settings => settings.Tuning.Task is not null || settings.Tuning.Data != TuningData.Demonstrations),
            RandomContext = Where(settings => settings.Context == ContextSource.RandomTokens),
        };
    }

    private static bool IsChat(ModelSpec model) =>
        ((string[])["chat", "instruct"]).Any(word => model.Id.Contains(word, StringComparison.OrdinalIgnoreCase) || Path.GetFileName(model.Path.TrimEnd('/')).Contains(word, StringComparison.OrdinalIgnoreCase));
}
