
namespace Converge.Cli.Tests.Running;

/// <summary>A model with random weights in a folder that tests of one class share.</summary>
public sealed class RandomModelFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public RandomModelFolder() => RandomModel.Write(Path);

    /// <summary>The checkpoint.</summary>
    public string Path => _folder["model"];

    public void Dispose() => _folder.Dispose();
}
