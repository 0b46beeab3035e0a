using Converge.Tests;

namespace Converge.Cli.Tests.Running;

/// <summary>A study so small that a test can run it several times.</summary>
public sealed class SmallStudy : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SmallStudy() => RandomModel.Write(_folder["model"]);

    /// <summary>The study file.</summary>
    public static string File => Repository.PathOf("tests", "fixtures", "small-study.yaml");

    /// <summary>The checkpoint.</summary>
    public string Model => _folder["model"];

    /// <summary>A folder for one test.</summary>
    public string NewFolder() => _folder[Guid.NewGuid().ToString("N")];

    /// <summary>The study and its changes.</summary>
    public string[] Arguments(params string[] overrides)
    {
        string[] changes = [$"models.0.path={Model}", "runs=4", "queries=2", "demonstrations.count=2", "tuning.epochs=2", "bootstrap.resamples=50", .. overrides];
        return [File, .. changes.SelectMany(change => new[] { "--set", change })];
    }

    /// <summary>Unit files by name.</summary>
    internal static Dictionary<string, byte[]> Units(string folder) =>
        Directory.GetFiles(Path.Combine(folder, "units")).ToDictionary(file => Path.GetFileName(file), System.IO.File.ReadAllBytes);

    public void Dispose() => _folder.Dispose();
}
