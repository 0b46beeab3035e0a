using Converge.Cli.Display;
using Converge.Engine;
using Converge.Studies.Run;

namespace Converge.Cli.Study;

/// <summary>Copies the finished units of several folders of one study into one of them or into another.</summary>
internal static class ShardMerge
{
    private const string Manifest = "manifest.json", Executions = "executions";

    /// <summary>Joins the folders; returns the number of units copied. Every unit is read, hence checked, before it is copied.</summary>
    /// <exception cref="BadInputException">A folder holds no study, or another one, or a unit is damaged, or the target cannot be written.</exception>
    public static int Join(IReadOnlyList<string> folders, string into, ProgressCounter counter, CancellationToken cancellation)
    {
        var sources = folders.Select(StudyOutput.Open).ToList();
        foreach (var source in sources) RequireSame(sources[0], source);
        if (File.Exists(Path.Combine(into, Manifest))) RequireSame(sources[0], StudyOutput.Open(into));
        else CopyMissing(sources[0].Folder, into, Manifest);

        var target = new UnitStore(into);
        var units = sources[0].Manifest.Units;
        counter.Total = units.Count;
        int copied = 0;
        foreach (var unit in units)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!target.Contains(unit.Digest) && sources.FirstOrDefault(source => source.Store.Contains(unit.Digest)) is { } holder)
            {
                target.Save(holder.Store.Load(unit.Key, unit.Digest));
                copied++;
            }
            counter.Advance(1);
        }
        foreach (var source in sources.Where(source => Directory.Exists(Path.Combine(source.Folder, Executions))))
            foreach (var execution in Directory.EnumerateFiles(Path.Combine(source.Folder, Executions), "*.json"))
                CopyMissing(source.Folder, into, Path.Combine(Executions, Path.GetFileName(execution)));
        return copied;
    }

    /// <summary>Throws unless every unit of the study is there.</summary>
    /// <exception cref="BadInputException">Some are missing.</exception>
    public static void RequireWhole(StudyOutput output)
    {
        int missing = output.Missing.Count;
        if (missing > 0)
            throw new BadInputException(output.Folder, $"{missing} of {output.Manifest.Units.Count} units are in none of the folders", "Run the shards that are missing; what was merged is kept");
    }

    private static void RequireSame(StudyOutput first, StudyOutput other)
    {
        if (!first.Manifest.Units.SequenceEqual(other.Manifest.Units))
            throw new BadInputException(other.Folder, $"holds other units than {first.Folder}: another study, another version of it, or other models or data", "Merge shards of one study only");
    }

    private static void CopyMissing(string from, string to, string file)
    {
        var target = Path.Combine(to, file);
        if (File.Exists(target)) return;
        using var stream = File.OpenRead(Path.Combine(from, file));
        AtomicFile.Write(target, stream.CopyTo);
    }
}
