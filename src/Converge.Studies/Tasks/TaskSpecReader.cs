using Converge.Studies.Spec;

namespace Converge.Studies.Tasks;

/// <summary>Binds a task's YAML tree to a <see cref="TaskSpec"/>.</summary>
internal static class TaskSpecReader
{
    /// <summary>What stands for a task that could not be read.</summary>
    public static TaskSpec Nothing { get; } = new()
    {
        Name = "",
        Version = 1,
        Kind = TaskKind.Classification,
        Data = new DataSpec
        {
            Demonstrations = new DataSource(""),
            Queries = new DataSource(""),
            Format = DataFormat.Tsv,
            Header = true,
            Encoding = "utf-8",
            Columns = new ColumnSpec(""),
        },
        Instructions = [],
        Template = new PromptTemplate { Query = "", Answer = "", Instruction = "", Separator = "", InstructionInIcl = true, InstructionInIt = true },
    };

    public static TaskSpec Read(SpecReader reader)
    {
        var kind = reader.Choice("kind", TaskKind.Classification, SpecWords.Of<TaskKind>());
        var task = new TaskSpec
        {
            Name = reader.Name("name"),
            Version = reader.Int("version", null, 1),
            Kind = kind,
            Data = Data(reader.Map("data", optional: false), kind),
            Labels = kind == TaskKind.Classification ? Labels(reader) : NoLabels(reader),
            Instructions = reader.Texts("instructions"),
            Template = reader.Map("template", optional: false) is { } template ? Template(template, kind, null) : Nothing.Template,
        };
        foreach (var twice in task.Instructions.GroupBy(text => text).Where(group => group.Count() > 1))
            reader.Problem("instructions", $"holds '{OneLine.Of(twice.Key)}' {twice.Count()} times", "Keep each wording once");
        reader.Close();
        return task;
    }

    private static IReadOnlyList<LabelSpec> Labels(SpecReader reader)
    {
        var labels = reader.Pairs("labels").Select(pair => new LabelSpec(pair.Key, pair.Value)).ToList();
        if (reader.Has("labels") && labels.Count < 2) reader.Problem("labels", $"holds {labels.Count} labels", "Map at least two values of the label column to words");
        foreach (var twice in labels.GroupBy(label => label.Word).Where(group => group.Count() > 1))
            reader.Problem("labels", $"gives the word '{OneLine.Of(twice.Key)}' to {twice.Count()} values", "Give every label its own word");
        return labels;
    }

    private static IReadOnlyList<LabelSpec>? NoLabels(SpecReader reader)
    {
        if (reader.Has("labels")) reader.Problem("labels", "is given, but a translation task has no labels", "Remove it, or set 'kind: classification'");
        return null;
    }

    private static DataSpec Data(SpecReader? reader, TaskKind kind)
    {
        if (reader is null) return Nothing.Data;
        var format = reader.Choice("format", DataFormat.Tsv, SpecWords.Of<DataFormat>());
        var data = new DataSpec
        {
            Demonstrations = Source(reader, "demonstrations", format),
            Queries = Source(reader, "queries", format),
            Format = format,
            Header = reader.Bool("header", true),
            Encoding = reader.Text("encoding", "utf-8"),
            MostCharacters = reader.Has("most_characters") ? reader.Int("most_characters", null, 1) : null,
            Columns = Columns(reader.Map("columns", optional: false), kind),
        };
        if (!IsEncoding(data.Encoding)) reader.Problem("encoding", $"knows no '{OneLine.Of(data.Encoding)}'", "Choose utf-8, utf-16, us-ascii or iso-8859-1");
        reader.Close();
        return data;
    }

    private static DataSource Source(SpecReader data, string key, DataFormat format)
    {
        // A path alone is short for {file: path}.
        var reader = data.Map(key, optional: false, path => new MapNode([new MapEntry("file", path.Where, path)], path.Where, path.Folder));
        if (reader is null) return Nothing.Data.Queries;
        var source = new DataSource(reader.FilePath("file"));
        if (format == DataFormat.Lines) source = source with { Targets = reader.FilePath("targets") };
        else if (reader.Has("targets")) reader.Problem("targets", "is given, but a file of its own for targets is read in the format 'lines' only", "Set 'format: lines', or name the column of targets");
        if (reader.Has("where"))
        {
            var conditions = reader.Pairs("where");
            if (conditions.Count == 1) source = source with { WhereColumn = conditions[0].Key, WhereValue = conditions[0].Value };
            else reader.Problem("where", $"holds {conditions.Count} conditions", "Write one, as in {split: train}");
        }
        reader.Close();
        return source;
    }

    private static ColumnSpec Columns(SpecReader? reader, TaskKind kind)
    {
        if (reader is null) return Nothing.Data.Columns;
        var (wanted, other, otherKind) = kind == TaskKind.Classification ? ("label", "target", TaskKind.Translation) : ("target", "label", TaskKind.Classification);
        if (reader.Has(other)) reader.Problem(other, $"is given, but a {SpecWords.Word(kind)} task has no {other} column", $"Name the column of answers under '{wanted}', or set 'kind: {SpecWords.Word(otherKind)}'");
        var (text, answer) = (reader.Text("text"), reader.Text(wanted));
        if (reader.Has("text") && answer == text) reader.Problem(wanted, $"names the column '{OneLine.Of(text)}', which is the text's", "Name the column of the answers");
        var columns = new ColumnSpec(text, kind == TaskKind.Classification ? answer : null, kind == TaskKind.Translation ? answer : null, reader.Has("id") ? reader.Text("id") : null);
        reader.Close();
        return columns;
    }

    /// <summary>Reads a template.</summary>
    /// <param name="reader">Its mapping.</param>
    /// <param name="kind">The task's kind, which says what an answer holds.</param>
    /// <param name="fallback">The template that this one departs from; null: the task's own is read, which must name query and answer.</param>
    public static PromptTemplate Template(SpecReader reader, TaskKind kind, PromptTemplate? fallback)
    {
        var template = new PromptTemplate
        {
            Instruction = reader.Text("instruction", fallback?.Instruction ?? "{instruction}\n\n"), // [ours]
            Query = reader.Text("query", fallback?.Query),
            Answer = reader.Text("answer", fallback?.Answer),
            Separator = reader.Text("separator", fallback?.Separator ?? "\n\n"), // [ours]
            InstructionInIcl = reader.Bool("instruction_in_icl", fallback?.InstructionInIcl ?? true), // [assumed]
            InstructionInIt = reader.Bool("instruction_in_it", fallback?.InstructionInIt ?? true), // [known]
        };
        Placeholders(reader, "instruction", template.Instruction, "instruction");
        Placeholders(reader, "query", template.Query, "text");
        Placeholders(reader, "answer", template.Answer, kind == TaskKind.Classification ? "label" : "target");
        Placeholders(reader, "separator", template.Separator, null);
        reader.Close();
        return template;
    }

    private static void Placeholders(SpecReader reader, string key, string text, string? wanted)
    {
        if (!reader.Has(key)) return;
        var found = PromptTemplate.PlaceholdersOf(text);
        foreach (var name in found.Where(name => name != wanted).Distinct())
            reader.Problem(key, $"holds {{{name}}}, which has no meaning there", wanted is null ? "Write it without placeholders" : $"Use {{{wanted}}}");
        int count = found.Count(name => name == wanted);
        if (wanted is not null && count != 1) reader.Problem(key, $"holds {{{wanted}}} {count} times", $"Write {{{wanted}}} once");
    }

    private static bool IsEncoding(string name)
    {
        try
        {
            System.Text.Encoding.GetEncoding(name);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
