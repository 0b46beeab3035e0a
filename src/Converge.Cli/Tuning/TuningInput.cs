using Converge.Cli.Inputs;
using Converge.Engine;
using Converge.Engine.Model;
using Converge.Engine.Tokenizers;
using Converge.Engine.Tuning;

namespace Converge.Cli.Tuning;

/// <summary>One tuning of <c>tune</c>: its data, and where its result goes.</summary>
/// <param name="File">The file of its rows.</param>
/// <param name="Folder">Where the adapter or checkpoint goes.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Recipe">The schedule.</param>
internal sealed record TuningInput(string File, string Folder, IReadOnlyList<TuningRow> Rows, TuningRecipe Recipe)
{
    /// <summary>The tokens of all updates, in the recipe's own order of rows: batches never reach over the end of an epoch.</summary>
    public long Tokens
    {
        get
        {
            int perEpoch = TuningRecipe.StepsOf(1, Rows.Count, Recipe.BatchSize);
            long epoch = Rows.Sum(row => (long)row.Tokens.Length);
            long rest = Rows.Take(Recipe.Steps % perEpoch * Recipe.BatchSize).Sum(row => (long)row.Tokens.Length);
            return Recipe.Steps / perEpoch * epoch + rest;
        }
    }

    /// <summary>The tokens of the largest batch.</summary>
    public long BatchTokens => Rows.Chunk(Recipe.BatchSize).Max(batch => batch.Sum(row => (long)row.Tokens.Length));

    /// <summary>
    /// Reads one file, whose result goes into <paramref name="folder"/>; or several, or every <c>.jsonl</c> of a folder, whose results go into folders of their
    /// names below it.
    /// </summary>
    /// <exception cref="BadInputException">There is no file, two have the same name, or one cannot be used.</exception>
    public static IReadOnlyList<TuningInput> Read(IReadOnlyList<string> data, string folder, ModelConfig config, Lazy<Tokenizer> tokenizer, LossTokens loss, Func<int, TuningRecipe> recipe)
    {
        string[] files = [.. data.SelectMany(Files)];
        bool several = files.Length > 1 || Directory.Exists(data[0]);
        string[] names = [.. files.Select(Path.GetFileNameWithoutExtension).Cast<string>()];
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new BadInputException("--data", $"there are two files named '{twice.Key}', whose adapters would go into one folder", "Rename one of the two");
        return [.. files.Select((file, i) =>
        {
            var rows = TuningFile.Read(file, config, tokenizer, loss);
            return new TuningInput(file, several ? Path.Combine(folder, names[i]) : folder, rows, recipe(rows.Count));
        })];
    }

    private static IEnumerable<string> Files(string path)
    {
        if (!Directory.Exists(path)) return [path];
        string[] files = [.. Directory.EnumerateFiles(path, "*.jsonl").Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new BadInputException(path, "holds no .jsonl file", "Give a file of tuning rows, or a folder of such files");
    }
}
