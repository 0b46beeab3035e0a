using Converge.Tests;

namespace Converge.Engine.Tests.Checkpoints;

/// <summary>The reference models and numbers in tests/fixtures/golden; its README.md explains them.</summary>
internal static class Golden
{
    private static readonly Lazy<TemporaryFolder> Plain = new(() =>
    {
        // The weights are those of tiny_gqa: they are stored once and put beside the other configuration here.
        var folder = new TemporaryFolder();
        File.Copy(PathOf("tiny_gqa_plain", "config.json"), folder.PathOf("config.json"));
        File.Copy(PathOf("tiny_gqa", "model.safetensors"), folder.PathOf("model.safetensors"));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        return folder;
    });

    /// <summary>The full path of a fixture, for example of <c>tiny_mha/golden_forward.json</c>.</summary>
    public static string PathOf(params string[] parts) => Repository.PathOf(["tests", "fixtures", "golden", .. parts]);

    /// <summary>The checkpoint folder of <c>tiny_mha</c>, <c>tiny_gqa</c> or <c>tiny_gqa_plain</c>.</summary>
    public static string Model(string name) => name == "tiny_gqa_plain" ? Plain.Value.Path : PathOf(name);
}
