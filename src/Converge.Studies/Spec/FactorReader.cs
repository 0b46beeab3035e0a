using Converge.Studies.Tasks;

namespace Converge.Studies.Spec;

/// <summary>Reads a study's factors.</summary>
/// <param name="settings">Reads the settings of levels.</param>
/// <param name="study">The study's own settings.</param>
/// <param name="models">Its models.</param>
/// <param name="tasks">Its tasks.</param>
internal sealed class FactorReader(SettingsReader settings, UnitSettings study, IReadOnlyList<ModelSpec> models, IReadOnlyList<TaskSpec> tasks)
{
    /// <summary>What stands for the study's own settings among factors and levels.</summary>
    public const string Reserved = "base";

    /// <summary>Reads one factor.</summary>
    public FactorSpec Read(SpecReader? reader)
    {
        if (reader is null) return Nothing;
        var id = Id(reader);
        var tag = reader.Choice("tag", Standing.Ours, SpecWords.Of<Standing>());
        // What is varied on trained models is not, unless it is asked for, repeated on their untrained copies.
        var trained = models.Where(model => model.UntrainedCopyOf is null).Select(model => model.Id).ToList();
        var onTasks = Filter(reader, "tasks", [.. tasks.Select(task => task.Name)], null);
        var factor = new FactorSpec
        {
            Id = id,
            Title = reader.Text("title", id),
            Tag = tag,
            Note = reader.Text("note", ""),
            Base = Base(reader.Map("base", optional: true)),
            Models = Filter(reader, "models", [.. models.Select(model => model.Id)], trained.Count > 0 ? trained : null),
            Tasks = onTasks,
            Levels = reader.List("levels", (item, at) => Level(reader.Item(item, at), tag, onTasks)),
        };
        foreach (var twice in factor.Levels.Select(level => level.Id).Append(factor.Base.Id).GroupBy(level => level).Where(group => group.Key.Length > 0 && group.Count() > 1))
            reader.Problem("levels", $"holds '{OneLine.Of(twice.Key)}' {twice.Count()} times", "Give each level its own id, other than that of 'base'");
        reader.Close();
        return factor;
    }

    private static FactorSpec Nothing { get; } = new() { Id = "", Title = "", Tag = Standing.Ours, Note = "", Base = new BasePoint(Reserved, null), Levels = [], Models = [], Tasks = [] };

    private LevelSpec Level(SpecReader? reader, Standing tag, IReadOnlyList<string> onTasks)
    {
        if (reader is null) return new LevelSpec { Id = "", Tag = tag, Note = "", Settings = study };
        var level = new LevelSpec
        {
            Id = Id(reader),
            Tag = reader.Choice("tag", tag, SpecWords.Of<Standing>()),
            Note = reader.Text("note", ""),
            Value = Value(reader),
            Settings = settings.Read(reader, study) with { Templates = Templates(reader, onTasks) },
        };
        reader.Close();
        return level;
    }

    // A template is read once for every task, since each has placeholders of its own.
    private IReadOnlyDictionary<string, PromptTemplate> Templates(SpecReader reader, IReadOnlyList<string> onTasks)
    {
        if (!reader.Has("template")) return study.Templates;
        return tasks.Where(task => onTasks.Contains(task.Name)).ToDictionary(task => task.Name, task =>
            reader.Map("template", optional: false) is { } template ? TaskSpecReader.Template(template, task.Kind, task.Template) : task.Template);
    }

    private static BasePoint Base(SpecReader? reader)
    {
        if (reader is null) return new BasePoint(Reserved, null);
        var point = new BasePoint(reader.Has("id") ? reader.Name("id") : Reserved, Value(reader));
        reader.Close();
        return point;
    }

    private static double? Value(SpecReader reader) => reader.Has("value") ? reader.Number("value", 0, _ => true, "that is finite") : null;

    private static string Id(SpecReader reader)
    {
        var id = reader.Name("id");
        if (id == Reserved) reader.Problem("id", $"is '{Reserved}', which stands for the study's own settings", "Choose another name");
        return id;
    }

    private static IReadOnlyList<string> Filter(SpecReader reader, string key, IReadOnlyList<string> known, IReadOnlyList<string>? usual)
    {
        if (!reader.Has(key)) return usual ?? known;
        var named = reader.Texts(key);
        foreach (var name in named.Where(name => !known.Contains(name))) reader.Problem(key, $"knows no '{OneLine.Of(name)}'{Spelling.Hint(name, known)}", $"Choose among {string.Join(", ", known)}");
        return named;
    }
}
