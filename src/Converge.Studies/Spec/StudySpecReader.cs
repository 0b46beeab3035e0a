using Converge.Engine;
using Converge.Engine.Model;
using Converge.Studies.Tasks;

namespace Converge.Studies.Spec;

/// <summary>Binds a study's YAML tree to a <see cref="StudySpec"/>. The tags say where a default comes from, as in METHOD.</summary>
internal static class StudySpecReader
{
    private const int MostRuns = 100_000;

    public static StudySpec Read(string path, IEnumerable<string> overrides, List<BadInputException> problems)
    {
        var root = Tree(path, [.. overrides.Select(SpecOverride.Parse)]);
        var reader = new SpecReader(root, "", problems);
        var spec = new StudySpec
        {
            File = Path.GetFullPath(path),
            Name = reader.Name("name"),
            Seed = reader.Seed("seed", 1),
            Models = Distinct(reader, "models", reader.List("models", (item, at) => Model(reader.Item(item, at))), model => model.Id),
            Tasks = Distinct(reader, "tasks", reader.List("tasks", (item, at) => Task(reader.Item(item, at))), task => task.Name),
            Runs = reader.Int("runs", 30, 1, MostRuns), // [known]: up to 30
            Queries = reader.Int("queries", 32, 1), // [ours]: the paper's one a run is [assumed]; centring needs several
            Demonstrations = Demonstrations(reader.Map("demonstrations", optional: true)),
            Tuning = Tuning(reader.Map("tuning", optional: true)),
            Compute = reader.Choice("compute", ComputeMode.F32, SpecWords.Of<ComputeMode>()), // [ours]: the paper's bf16 is [known]
            Keep = reader.Choices("keep", [], SpecWords.Of<KeepKind>(), mayBeEmpty: true), // [ours]
            Bootstrap = Bootstrap(reader.Map("bootstrap", optional: true)),
        };
        if (spec.Demonstrations.Balance && spec.Tasks.Count > 0 && spec.Tasks.All(task => task.Kind != TaskKind.Classification))
            reader.Problem("demonstrations", "asks for balanced labels, but no task has labels", "Remove 'balance: true'");
        reader.Close();
        return spec;
    }

    /// <summary>The file's tree with overrides applied and task files in place of their paths, so that an override reaches into them.</summary>
    private static MapNode Tree(string path, IReadOnlyList<SpecOverride> overrides)
    {
        static bool IsInsideTask(SpecOverride change) => change.Path is ["tasks", _, _, ..];
        SpecNode root = SpecFile.Read(path);
        foreach (var change in overrides.Where(change => !IsInsideTask(change))) root = change.Apply(root);
        var map = (MapNode)root;
        if (map.Find("tasks")?.Value is ListNode tasks)
        {
            var opened = tasks with { Items = [.. tasks.Items.Select(Open)] };
            root = map with { Entries = [.. map.Entries.Select(entry => entry.Key == "tasks" ? entry with { Value = opened } : entry)] };
        }
        foreach (var change in overrides.Where(IsInsideTask)) root = change.Apply(root);
        return (MapNode)root;
    }

    private static SpecNode Open(SpecNode task)
    {
        if (task is not ScalarNode { IsNull: false } path) return task;
        var full = Path.GetFullPath(path.Text, path.Folder);
        return File.Exists(full) ? SpecFile.Read(full) : throw new BadInputException(path.Where, $"the task file '{full}' does not exist", "Paths are meant from the file that names them");
    }

    private static ModelSpec Model(SpecReader? reader)
    {
        if (reader is null) return new ModelSpec("", "");
        var model = new ModelSpec(reader.Name("id"), reader.FilePath("path"));
        reader.Close();
        return model;
    }

    private static TaskSpec Task(SpecReader? reader) => reader is null ? TaskSpecReader.Nothing : TaskSpecReader.Read(reader);

    private static DemonstrationSpec Demonstrations(SpecReader? reader)
    {
        if (reader is null) return new DemonstrationSpec(1, false);
        var demonstrations = new DemonstrationSpec(
            reader.Int("count", 1, 1), // [assumed]
            reader.Bool("balance", false)); // [assumed]: a plain draw
        reader.Close();
        return demonstrations;
    }

    private static TuningSpec Tuning(SpecReader? given)
    {
        var reader = given ?? new SpecReader(new MapNode([], "", ""), "tuning", []);
        var tuning = new TuningSpec
        {
            Method = reader.Choice("method", TuningMethod.Lora, SpecWords.Of<TuningMethod>()), // [known]
            Rank = reader.Int("rank", 8, 1), // [assumed]
            Alpha = reader.Number("alpha", 32, alpha => alpha > 0, "above 0"), // [assumed]
            Dropout = reader.Number("dropout", 0.05, dropout => dropout is >= 0 and < 1, "from 0 to below 1"), // [assumed]
            Targets = reader.Choices("targets", [LinearLayer.QProj, LinearLayer.VProj], SpecWords.Of<LinearLayer>(), mayBeEmpty: false), // [known]
            LearningRate = reader.Number("learning_rate", 1e-4, rate => rate > 0, "above 0"), // [assumed]
            Epochs = reader.Int("epochs", 10, 1), // [assumed]
            BatchSize = reader.Int("batch_size", 1, 1), // [ours]: every demonstration is a step, as with the paper's k = 1 [assumed]
            WeightDecay = reader.Number("weight_decay", 0, decay => decay >= 0, "from 0"), // [ours]
            Loss = reader.Choice("loss", TuningLoss.Answer, SpecWords.Of<TuningLoss>()), // [assumed]
        };
        reader.Close();
        return tuning;
    }

    private static BootstrapSpec Bootstrap(SpecReader? reader)
    {
        if (reader is null) return new BootstrapSpec(2000);
        var bootstrap = new BootstrapSpec(reader.Int("resamples", 2000, 1)); // [ours]
        reader.Close();
        return bootstrap;
    }

    private static IReadOnlyList<T> Distinct<T>(SpecReader reader, string key, IReadOnlyList<T> items, Func<T, string> name)
    {
        foreach (var twice in items.GroupBy(name).Where(group => group.Key.Length > 0 && group.Count() > 1))
            reader.Problem(key, $"holds '{OneLine.Of(twice.Key)}' {twice.Count()} times", "Give each its own name");
        return items;
    }
}
