using Converge.Engine;

namespace Converge.Studies.Run;

/// <summary>
/// Keeps the manifest of an output folder that several shards may share. A folder belongs to the study of its manifest's name: another name is
/// refused. The same name with other content is an edited study: units go by digest, so nothing stale can be taken for a result, what is
/// unchanged is reused, and the manifest is replaced. No lock is needed: executions have a file each, and the manifest, which repeats
/// them, is written again until it repeats all that are on record.
/// </summary>
internal sealed class ManifestKeeper
{
    private readonly string _folder;
    private readonly StudyManifest _manifest;

    private ManifestKeeper(string folder, StudyManifest manifest) => (_folder, _manifest) = (folder, manifest);

    /// <summary>Puts the manifest into the folder and records the execution's beginning.</summary>
    /// <exception cref="BadInputException">The folder holds another study, or something else, or cannot be written.</exception>
    public static ManifestKeeper Begin(string folder, StudyManifest manifest, Execution execution)
    {
        if (File.Exists(folder)) throw new BadInputException(folder, "is a file, not a folder", "Choose another output folder");
        if (File.Exists(StudyManifest.PathIn(folder)))
        {
            var before = StudyManifest.Load(folder);
            if (before.Study.Name != manifest.Study.Name)
                throw new BadInputException(folder, $"holds the study '{before.Study.Name}', not '{manifest.Study.Name}'", "Choose another output folder");
        }
        var keeper = new ManifestKeeper(folder, manifest);
        keeper.Record(execution);
        return keeper;
    }

    /// <summary>Records how an execution stands.</summary>
    /// <exception cref="BadInputException">Meanwhile the folder was taken over by another version of the study.</exception>
    public void Record(Execution execution)
    {
        if (execution.Finished is not null && !StudyManifest.Load(_folder).HasUnitsOf(_manifest))
            throw new BadInputException(_folder, "was taken over by an edited version of this study while this one ran", "Its units are stored; give each version its own output folder");
        execution.Save(_folder);
        IReadOnlyList<Execution> repeated;
        do
        {
            repeated = Execution.LoadAll(_folder);
            (_manifest with { Executions = repeated }).Save(_folder);
        }
        while (!repeated.SequenceEqual(Execution.LoadAll(_folder)));
    }
}
