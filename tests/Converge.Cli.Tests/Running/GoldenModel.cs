using System.Text.Json.Nodes;
using Converge.Tests;

namespace Converge.Cli.Tests.Running;

/// <summary>A reference model of tests/fixtures/golden and its numbers.</summary>
internal sealed class GoldenModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _numbers;

    /// <param name="name"><c>tiny_mha</c>, <c>tiny_gqa</c> or <c>tiny_gqa_plain</c>, whose weights are those of <c>tiny_gqa</c>.</param>
    public GoldenModel(string name)
    {
        var golden = Repository.PathOf("tests", "fixtures", "golden");
        _numbers = Path.Combine(golden, name);
        Folder = _folder["model"];
        Directory.CreateDirectory(Folder);
        File.Copy(Path.Combine(_numbers, "config.json"), Path.Combine(Folder, "config.json"));
        var weights = Path.Combine(_numbers, "model.safetensors");
        File.Copy(File.Exists(weights) ? weights : Path.Combine(golden, "tiny_gqa", "model.safetensors"), Path.Combine(Folder, "model.safetensors"));
    }

    /// <summary>The checkpoint.</summary>
    public string Folder { get; }

    /// <summary>A place for the test's own files.</summary>
    public TemporaryFolder Files => _folder;

    /// <summary>A folder of the fixture, such as <c>lora_qv/init</c>.</summary>
    public string Fixture(params string[] parts) => Path.Combine([_numbers, .. parts]);

    /// <summary>A file of numbers.</summary>
    public JsonObject Numbers(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(_numbers, file)))!.AsObject();

    /// <summary>Writes a prompts file of token ids.</summary>
    public string Prompts(IEnumerable<(string Id, JsonNode Tokens)> prompts) => _folder.Write(
        "prompts.jsonl", string.Join('\n', prompts.Select(prompt => new JsonObject { ["id"] = prompt.Id, ["tokens"] = prompt.Tokens.DeepClone() }.ToJsonString())));

    public void Dispose() => _folder.Dispose();
}
