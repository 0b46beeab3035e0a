using Converge.Engine;

namespace Converge.Studies.Run;

/// <summary>A study's output folder, for reading: its manifest and its finished units.</summary>
public sealed class StudyOutput
{
    private StudyOutput(string folder, StudyManifest manifest)
    {
        Folder = folder;
        Manifest = manifest;
        Store = new UnitStore(folder);
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>What the results come from.</summary>
    public StudyManifest Manifest { get; }

    /// <summary>The finished units.</summary>
    public UnitStore Store { get; }

    /// <summary>Units of the study that are not finished.</summary>
    public IReadOnlyList<ManifestUnit> Missing => [.. Manifest.Units.Where(unit => !Store.Contains(unit.Digest))];

    /// <summary>Opens a folder that a study was run into.</summary>
    /// <exception cref="BadInputException">It holds no study, or its manifest is damaged.</exception>
    public static StudyOutput Open(string folder) => new(folder, StudyManifest.Load(folder));

    /// <summary>All units, in the plan's order, each loaded when it is asked for.</summary>
    /// <exception cref="BadInputException">A unit is not finished or its file is damaged.</exception>
    public IEnumerable<UnitRecord> Units()
    {
        var missing = Missing;
        if (missing.Count > 0)
            throw new BadInputException(Folder, $"{missing.Count} of {Manifest.Units.Count} units are not finished", "Run the study again, or the shards that are missing; finished units are kept");
        return Manifest.Units.Select(unit => Store.Load(unit.Key, unit.Digest));
    }
}
