using System.Security.Cryptography;
using Converge.Engine;
using Converge.Studies.Spec;

namespace Converge.Studies.Tasks;

/// <summary>A task's examples, read and checked.</summary>
public sealed record TaskData
{
    /// <summary>The pool of demonstrations, in the file's order.</summary>
    public required IReadOnlyList<Example> Demonstrations { get; init; }

    /// <summary>The pool of queries, in the file's order.</summary>
    public required IReadOnlyList<Example> Queries { get; init; }

    /// <summary>What was left out of the pools, in words; empty where nothing was.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The SHA-256 of each data file, in lower-case hexadecimal, by full path.</summary>
    public required IReadOnlyDictionary<string, string> FileDigests { get; init; }

    /// <summary>
    /// Reads a task's pools. Rows that repeat a text exactly are left out after the first; a text that stands under two labels is left out
    /// altogether; so are rows longer than the task allows. All are counted in <see cref="Notes"/>.
    /// </summary>
    /// <exception cref="BadInputException">A file cannot be read, lacks a column, is empty, repeats an id or holds an unknown label, an empty text or an empty target.</exception>
    public static TaskData Load(TaskSpec task)
    {
        var notes = new List<string>();
        var demonstrations = task.Data.Demonstrations;
        var queries = task.Data.Queries;
        bool sameName = demonstrations.File != queries.File && Path.GetFileNameWithoutExtension(demonstrations.File) == Path.GetFileNameWithoutExtension(queries.File);
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var data = new TaskData
        {
            Demonstrations = Pool(task, demonstrations, sameName ? "demonstrations/" : "", notes),
            Queries = Pool(task, queries, sameName ? "queries/" : "", notes),
            Notes = notes,
            FileDigests = digests,
        };
        foreach (var file in demonstrations.Files.Concat(queries.Files))
            digests[file] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
        return data;
    }

    private static List<Example> Pool(TaskSpec task, DataSource source, string prefix, List<string> notes)
    {
        var columns = task.Data.Columns;
        var parts = PromptTemplate.PlaceholdersOf(columns.Text).Distinct().ToList();
        // One column by its name, or a text that several are put into.
        IReadOnlyList<string> texts = parts.Count == 0 ? [columns.Text] : parts;
        string[] wanted = [.. texts, (columns.Label ?? columns.Target)!, .. Optional(columns.Id), .. Optional(source.WhereColumn)];
        int answer = texts.Count;
        var table = TableReader.Read(source, task.Data, wanted);
        if (table.Count == 0) throw new BadInputException(source.File, "holds no rows", "Give it at least one example");
        var stem = prefix + Path.GetFileNameWithoutExtension(source.File);
        var pool = new List<Example>();
        for (int i = 0; i < table.Count; i++)
        {
            var (line, values) = table[i];
            if (source.WhereColumn is not null && values[^1] != source.WhereValue) continue;
            var where = $"{source.File}:{line}";
            if (values.Take(answer).Any(value => value.Length == 0)) throw new BadInputException(where, "the text is empty", "Write a text or remove the row");
            var text = parts.Count == 0 ? values[0] : PromptTemplate.FillAll(columns.Text, name => values[parts.IndexOf(name)]);
            var id = columns.Id is null ? $"{stem}:{i + 1}" : IdOf(values[answer + 1], where);
            pool.Add(task.Labels is { } labels ? Labelled(task, labels, id, text, values[answer], where) : WithTarget(id, text, values[answer], where));
        }
        if (pool.Count == 0)
            throw new BadInputException(source.File, $"has no row whose '{source.WhereColumn}' is '{source.WhereValue}'", $"The column holds {string.Join(", ", table.Select(row => OneLine.Of(row.Values[^1])).Distinct().Take(5))}");
        if (pool.GroupBy(example => example.Id).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new BadInputException(source.File, $"gives the id '{OneLine.Of(twice.Key)}' to {twice.Count()} rows", "Give every row its own id, or leave out 'columns.id'");
        return WithoutRepeats(ShortEnough(pool, task.Data.MostCharacters, source.File, notes), source.File, notes);
    }

    private static List<Example> ShortEnough(List<Example> pool, int? most, string file, List<string> notes)
    {
        if (most is null) return pool;
        var kept = pool.Where(example => example.Text.Length <= most && (example.Label is not null || example.Answer.Length <= most)).ToList();
        if (kept.Count < pool.Count) notes.Add($"{file}: left out {pool.Count - kept.Count} rows of more than {most} characters");
        return kept.Count > 0 ? kept : throw new BadInputException(file, $"has no row of at most {most} characters", "Raise 'data.most_characters'");
    }

    private static List<Example> WithoutRepeats(List<Example> pool, string file, List<string> notes)
    {
        var texts = pool.GroupBy(example => example.Text, StringComparer.Ordinal).ToList();
        var kept = texts.Where(group => group.All(example => example.Label == group.First().Label)).Select(group => group.First()).ToList();
        int contradicted = texts.Where(group => group.Any(example => example.Label != group.First().Label)).Sum(group => group.Count());
        int repeated = pool.Count - contradicted - kept.Count;
        if (repeated > 0) notes.Add($"{file}: left out {repeated} rows whose text stands in an earlier row");
        if (contradicted > 0) notes.Add($"{file}: left out {contradicted} rows whose text stands under more than one label");
        return kept.Count > 0 ? kept : throw new BadInputException(file, "gives every text more than one label", "Check the label column");
    }

    private static Example Labelled(TaskSpec task, IReadOnlyList<LabelSpec> labels, string id, string text, string value, string where)
    {
        for (int i = 0; i < labels.Count; i++)
            if (labels[i].Value == value)
                return new Example(id, text, labels[i].Word, i);
        var known = labels.Select(label => label.Value).ToList();
        throw new BadInputException(where, $"the label '{OneLine.Of(value)}' is not among {string.Join(", ", known)}{Spelling.Hint(value, known)}", $"Map it under 'labels' in task '{task.Name}', or check 'columns.label'");
    }

    private static Example WithTarget(string id, string text, string target, string where) =>
        target.Length > 0 ? new Example(id, text, target, null) : throw new BadInputException(where, "the target is empty", "Write the reference answer or remove the row");

    private static string IdOf(string id, string where) => id.Length > 0 ? id : throw new BadInputException(where, "the id is empty", "Give every row an id, or leave out 'columns.id'");

    private static IEnumerable<string> Optional(string? column) => column is null ? [] : [column];
}
