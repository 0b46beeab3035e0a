using Converge.Engine;
using Converge.Engine.Model;
using Converge.Studies.Conditions;
using Converge.Studies.Tasks;

namespace Converge.Studies.Spec;

/// <summary>Binds a study's YAML tree to a <see cref="StudySpec"/>. The tags say where a default comes from, as in METHOD.</summary>
internal static class StudySpecReader
{
    private const int MostRuns = 100_000;

    private static readonly Dictionary<string, Condition> References =
        new[] { Condition.IclOther, Condition.IclReordered }.ToDictionary(condition => condition.Name());

    public static StudySpec Read(string path, IEnumerable<string> overrides, List<BadInputException> problems)
    {
        var root = Tree(path, [.. overrides.Select(SpecOverride.Parse)]);
        var reader = new SpecReader(root, "", problems);
        var models = Models(reader);
        var tasks = Distinct(reader, "tasks", reader.List("tasks", (item, at) => Task(reader.Item(item, at))), task => task.Name);
        IReadOnlyList<TaskSpec> others = reader.Has("other_tasks") ? reader.List("other_tasks", (item, at) => Task(reader.Item(item, at))) : [];
        Distinct(reader, "other_tasks", [.. tasks, .. others], task => task.Name, reader.Has("other_tasks"));
        var settings = new SettingsReader([.. tasks.Concat(others).Select(task => task.Name)]);
        var own = settings.Read(reader, SettingsReader.Defaults);
        var factors = new FactorReader(settings, own, models, tasks);
        var spec = new StudySpec
        {
            File = Path.GetFullPath(path),
            Name = reader.Name("name"),
            Seed = reader.Seed("seed", 1),
            Models = models,
            Tasks = tasks,
            OtherTasks = others,
            Runs = reader.Int("runs", 30, 1, MostRuns), // [known]: up to 30
            Queries = reader.Int("queries", 32, 1), // [ours]: the paper's one a run is [assumed]; centring needs several
            Base = own,
            References = reader.Choices("references", [], References, mayBeEmpty: true), // [ours]
            Factors = reader.Has("factors") ? Distinct(reader, "factors", reader.List("factors", (item, at) => factors.Read(reader.Item(item, at))), factor => factor.Id) : [],
            Standing = StandingReader.Read(reader),
            Compute = reader.Choice("compute", ComputeMode.F32, SpecWords.Of<ComputeMode>()), // [ours]: the paper's bf16 is [known]
            Keep = reader.Choices("keep", [], SpecWords.Of<KeepKind>(), mayBeEmpty: true), // [ours]
            Metrics = reader.Choices("metrics", [], SpecWords.Of<ExtraMetrics>(), mayBeEmpty: true), // [ours]
            Bootstrap = Bootstrap(reader.Map("bootstrap", optional: true)),
        };
        if (spec.Base.Demonstrations.Balance && spec.Tasks.Count > 0 && spec.Tasks.All(task => task.Kind != TaskKind.Classification))
            reader.Problem("demonstrations", "asks for balanced labels, but no task has labels", "Remove 'balance: true'");
        reader.Close();
        WithoutRepeats(problems);
        return spec;
    }

    // A level is read once for every task that its template changes, and says the same each time.
    private static void WithoutRepeats(List<BadInputException> problems)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        problems.RemoveAll(problem => !seen.Add(problem.Message));
    }

    /// <summary>The file's tree with overrides applied and task files in place of their paths, so that an override reaches into them.</summary>
    private static MapNode Tree(string path, IReadOnlyList<SpecOverride> overrides)
    {
        static bool IsTasks(string key) => key is "tasks" or "other_tasks";
        static bool IsInsideTask(SpecOverride change) => change.Path is [var key, _, _, ..] && IsTasks(key);
        SpecNode root = SpecFile.Read(path);
        foreach (var change in overrides.Where(change => !IsInsideTask(change))) root = change.Apply(root);
        var map = (MapNode)root;
        root = map with { Entries = [.. map.Entries.Select(entry => IsTasks(entry.Key) && entry.Value is ListNode tasks ? entry with { Value = tasks with { Items = [.. tasks.Items.Select(Open)] } } : entry)] };
        foreach (var change in overrides.Where(IsInsideTask)) root = change.Apply(root);
        return (MapNode)root;
    }

    private static SpecNode Open(SpecNode task)
    {
        // A task file with changes: everything but "file" is laid over it.
        if (task is MapNode changed && changed.Find("file") is { Value: ScalarNode file } from) return changed.Over(Open(file), from);
        if (task is not ScalarNode { IsNull: false } path) return task;
        var full = Path.GetFullPath(path.Text, path.Folder);
        return File.Exists(full) ? SpecFile.Read(full) : throw new BadInputException(path.Where, $"the task file '{full}' does not exist", "Paths are meant from the file that names them");
    }

    private static IReadOnlyList<ModelSpec> Models(SpecReader reader)
    {
        var models = Distinct(reader, "models", reader.List("models", (item, at) => Model(reader.Item(item, at))), model => model.Id);
        return [.. models.Select(model =>
        {
            if (model.UntrainedCopyOf is not { } original) return model;
            if (models.FirstOrDefault(other => other.Id == original && other.UntrainedCopyOf is null) is { } found) return model with { Path = found.Path };
            var known = models.Where(other => other.UntrainedCopyOf is null).Select(other => other.Id).ToList();
            reader.Problem("models", $"copies '{OneLine.Of(original)}', which is no trained model of this study{Spelling.Hint(original, known)}", "Name the id of a model that has a path");
            return model;
        })];
    }

    private static ModelSpec Model(SpecReader? reader)
    {
        if (reader is null) return new ModelSpec("", "");
        var id = reader.Name("id");
        var model = reader.Has("untrained_copy_of") ? new ModelSpec(id, "", reader.Text("untrained_copy_of")) : new ModelSpec(id, reader.FilePath("path"));
        if (model.UntrainedCopyOf is not null && reader.Has("path")) reader.Problem("path", "is given beside 'untrained_copy_of', which has the path of its model", "Remove one of the two");
        reader.Close();
        return model;
    }

    private static TaskSpec Task(SpecReader? reader) => reader is null ? TaskSpecReader.Nothing : TaskSpecReader.Read(reader);

    private static BootstrapSpec Bootstrap(SpecReader? reader)
    {
        if (reader is null) return new BootstrapSpec(2000);
        var bootstrap = new BootstrapSpec(reader.Int("resamples", 2000, 1)); // [ours]
        reader.Close();
        return bootstrap;
    }

    private static IReadOnlyList<T> Distinct<T>(SpecReader reader, string key, IReadOnlyList<T> items, Func<T, string> name, bool check = true)
    {
        if (!check) return items;
        foreach (var twice in items.GroupBy(name).Where(group => group.Key.Length > 0 && group.Count() > 1))
            reader.Problem(key, $"holds '{OneLine.Of(twice.Key)}' {twice.Count()} times", "Give each its own name");
        return items;
    }
}
