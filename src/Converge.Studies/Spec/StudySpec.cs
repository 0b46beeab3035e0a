using Converge.Engine;
using Converge.Engine.Model;
using Converge.Studies.Conditions;
using Converge.Studies.Tasks;

namespace Converge.Studies.Spec;

/// <summary>A study as its YAML file states it, all defaults filled in. Nothing but the YAML files has been read.</summary>
public sealed record StudySpec
{
    /// <summary>The file it was loaded from.</summary>
    public required string File { get; init; }

    /// <summary>The study's name, fit for a file name.</summary>
    public required string Name { get; init; }

    /// <summary>The master seed; every random stream is derived from it.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The models; at least one, ids distinct.</summary>
    public required IReadOnlyList<ModelSpec> Models { get; init; }

    /// <summary>The tasks; at least one, names distinct.</summary>
    public required IReadOnlyList<TaskSpec> Tasks { get; init; }

    /// <summary>Tasks that nothing is asked of: they lend demonstrations, inputs or tuning rows to factors. Names distinct, and none of <see cref="Tasks"/>.</summary>
    public required IReadOnlyList<TaskSpec> OtherTasks { get; init; }

    /// <summary>Runs of every model and task: draws of instruction, demonstrations, queries and adapter.</summary>
    public required int Runs { get; init; }

    /// <summary>Queries of every run.</summary>
    public required int Queries { get; init; }

    /// <summary>The study's own settings: the level that every factor departs from.</summary>
    public required UnitSettings Base { get; init; }

    /// <summary>Conditions beside the three that every unit has.</summary>
    public required IReadOnlyList<Condition> References { get; init; }

    /// <summary>The factors varied, each by itself; ids distinct.</summary>
    public required IReadOnlyList<FactorSpec> Factors { get; init; }

    /// <summary>Where the study's own values come from, by their keys (<c>tuning.rank</c>); what is not named is not said.</summary>
    public required IReadOnlyDictionary<string, Standing> Standing { get; init; }

    /// <summary>The arithmetic of all passes.</summary>
    public required ComputeMode Compute { get; init; }

    /// <summary>What is exported for recomputation with other software.</summary>
    public required IReadOnlyList<KeepKind> Keep { get; init; }

    /// <summary>What is measured beside states and scored answers.</summary>
    public IReadOnlyList<ExtraMetrics> Metrics { get; init; } = [];

    /// <summary>How intervals are computed.</summary>
    public required BootstrapSpec Bootstrap { get; init; }

    /// <summary>The task of this name, of <see cref="Tasks"/> or <see cref="OtherTasks"/>.</summary>
    public TaskSpec TaskOf(string name) => Tasks.Concat(OtherTasks).First(task => task.Name == name);

    /// <summary>
    /// What is measured of a unit of these settings, of <see cref="Metrics"/>: nothing but at the last token; order and training tokens where the ICL prompt shows the
    /// demonstrations, in the order drawn and tuned on, respectively; adapters where there is one; decoding where there are no labels.
    /// </summary>
    public IReadOnlyList<ExtraMetrics> MetricsOf(UnitSettings settings, TaskSpec task) => settings.Position != StatePosition.Last ? [] : [.. Metrics.Where(metric => metric switch
    {
        // Another order of the same demonstrations is among the same ten.
        ExtraMetrics.Order => settings.Context == ContextSource.Demonstrations && settings.Demonstrations.Order == 0,
        ExtraMetrics.TrainingAttention => settings.Context == ContextSource.Demonstrations && settings.Tuning.Task is null && settings.Tuning.Data != TuningData.RandomTokens,
        ExtraMetrics.Generation => task.Labels is null,
        ExtraMetrics.Adapters => settings.Tuning.Method == TuningMethod.Lora,
        _ => true,
    })];

    /// <summary>
    /// Reads a study and the task files it names. Paths in a file are meant from that file's folder; paths in an override from the
    /// current folder.
    /// </summary>
    /// <param name="path">The study's YAML file.</param>
    /// <param name="overrides">Changes as <c>path=value</c>, for example <c>models.0.path=../model</c> or <c>tasks.0.template.separator="\n"</c>.</param>
    /// <exception cref="BadInputException">
    /// A file is missing or not YAML, a key is unknown or missing, a value is of the wrong type or out of range. The first problem is thrown;
    /// <see cref="Load(string, IEnumerable{string}, out IReadOnlyList{BadInputException})"/> gives all of them.
    /// </exception>
    public static StudySpec Load(string path, IEnumerable<string>? overrides = null) =>
        Load(path, overrides ?? [], out var problems) ?? throw problems[0];

    /// <summary>As <see cref="Load(string, IEnumerable{string})"/>, but collects every problem; null if there is one.</summary>
    public static StudySpec? Load(string path, IEnumerable<string> overrides, out IReadOnlyList<BadInputException> problems)
    {
        var found = new List<BadInputException>();
        problems = found;
        try
        {
            var spec = StudySpecReader.Read(path, overrides, found);
            return found.Count == 0 ? spec : null;
        }
        catch (BadInputException problem)
        {
            found.Insert(0, problem);
            return null;
        }
    }
}

/// <summary>How intervals are computed.</summary>
/// <param name="Resamples">The number of bootstrap resamples of runs.</param>
public sealed record BootstrapSpec(int Resamples);

/// <summary>What a study exports.</summary>
public enum KeepKind
{
    /// <summary><c>prompts.jsonl</c>: every prompt as it was run.</summary>
    Prompts,

    /// <summary><c>adapters/</c>: every adapter before and after tuning, with its data.</summary>
    Adapters,

    /// <summary><c>states/</c>: the states of every prompt.</summary>
    States,
}
