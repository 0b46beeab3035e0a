using Converge.Cli.Demo;

namespace Converge.Cli.Tests.Running;

/// <summary>The demonstration's model in a folder that tests of one class share.</summary>
public sealed class DemoModelFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public DemoModelFolder() => DemoModel.Write(Path);

    /// <summary>The checkpoint.</summary>
    public string Path => _folder["model"];

    public void Dispose() => _folder.Dispose();
}
