using System.Text.Json.Serialization;

namespace Converge.Studies.Tasks;

/// <summary>A task as its versioned file states it: where the data are, what the answers are, how prompts are worded.</summary>
public sealed record TaskSpec
{
    /// <summary>The task's name, fit for a file name.</summary>
    public required string Name { get; init; }

    /// <summary>The version of the file; raised whenever a change alters a prompt.</summary>
    public required int Version { get; init; }

    /// <summary>What the answer is.</summary>
    public required TaskKind Kind { get; init; }

    /// <summary>Where the examples are.</summary>
    public required DataSpec Data { get; init; }

    /// <summary>The labels, in the order in which scores are stored; null in a task without labels.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LabelSpec>? Labels { get; init; }

    /// <summary>The pool that each run draws its instruction from.</summary>
    public required IReadOnlyList<string> Instructions { get; init; }

    /// <summary>How prompts are put together.</summary>
    public required PromptTemplate Template { get; init; }
}

/// <summary>What the answer to a query is.</summary>
public enum TaskKind
{
    /// <summary>One of the task's labels.</summary>
    Classification,

    /// <summary>A text of its own for every example, given as reference; there are no labels.</summary>
    Translation,
}

/// <summary>A label.</summary>
/// <param name="Value">As the data write it.</param>
/// <param name="Word">As prompts write it.</param>
public sealed record LabelSpec(string Value, string Word);

/// <summary>Where a task's examples are.</summary>
public sealed record DataSpec
{
    /// <summary>Where demonstrations are drawn from.</summary>
    public required DataSource Demonstrations { get; init; }

    /// <summary>Where queries are drawn from; may be the same.</summary>
    public required DataSource Queries { get; init; }

    /// <summary>The format of both files.</summary>
    public required DataFormat Format { get; init; }

    /// <summary>The first line of a table names the columns.</summary>
    public required bool Header { get; init; }

    /// <summary>The encoding of both files, by its IANA name.</summary>
    public required string Encoding { get; init; }

    /// <summary>Rows whose text or target has more characters than this are left out; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MostCharacters { get; init; }

    /// <summary>The columns; in a table without a header their numbers, from 1.</summary>
    public required ColumnSpec Columns { get; init; }
}

/// <summary>A file, or those of its rows that hold a given value.</summary>
/// <param name="File">The full path.</param>
/// <param name="WhereColumn">The column that chooses rows, or null for all rows.</param>
/// <param name="WhereValue">The value it must hold.</param>
/// <param name="Targets">In the format <see cref="DataFormat.Lines"/>, the file whose lines answer those of <paramref name="File"/>; else null.</param>
public sealed record DataSource(
    string File, string? WhereColumn = null, string? WhereValue = null, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Targets = null)
{
    /// <summary>The file, or the two.</summary>
    [JsonIgnore]
    public IEnumerable<string> Files => Targets is null ? [File] : [File, Targets];
}

/// <summary>The columns of a data set.</summary>
/// <param name="Text">The text of an example: a column's name, or a text with several names in braces, which their values take the places of.</param>
/// <param name="Label">Its label; null in a task without labels.</param>
/// <param name="Target">Its reference answer; null in a task with labels.</param>
/// <param name="Id">Its id; null: the file's name and the row's number are its id.</param>
public sealed record ColumnSpec(
    string Text,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Label = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Target = null,
    string? Id = null);

/// <summary>The format of a data file.</summary>
public enum DataFormat
{
    /// <summary>Values separated by tabs, quotes without meaning, as GLUE has them.</summary>
    Tsv,

    /// <summary>Comma-separated values, quoted as RFC 4180 says.</summary>
    Csv,

    /// <summary>A JSON object a line.</summary>
    Jsonl,

    /// <summary>A line is a label, a blank and a text; the columns are called <c>label</c> and <c>text</c>.</summary>
    LabelFirst,

    /// <summary>A text a line, and in a second file its target on the same line; the columns are called <c>text</c> and <c>target</c>.</summary>
    Lines,
}
