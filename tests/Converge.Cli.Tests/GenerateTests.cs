using System.Text.Json.Nodes;
using Converge.Cli.Tests.Running;
using Converge.Tests;

namespace Converge.Cli.Tests;

public sealed class GenerateTests(RandomModelFolder model) : IClassFixture<RandomModelFolder>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Texts_and_tokens_come_back_in_order_and_longer_ones_begin_with_the_shorter()
    {
        var prompts = _folder.Write("prompts.jsonl", "{\"id\": \"ž\", \"text\": \"The film\"}\n{\"id\": \"b\", \"tokens\": [256, 84, 104]}");
        string[] command = ["generate", "--model", model.Path, "--prompts", prompts];
        var json = Executable.Run([.. command, "--out", _folder["long.jsonl"], "--json"]).Expect(0).Json;
        Executable.Run([.. command, "--out", _folder["short.jsonl"], "--max-new-tokens", "3", "--threads", "1"]).Expect(0);
        var (many, few) = (Lines("long.jsonl"), Lines("short.jsonl"));
        Assert.Equal(["ž", "b"], many.Select(line => (string)line["id"]!));
        Assert.Equal(many.Sum(line => line["tokens"]!.AsArray().Count), (int)json["new_tokens"]!);
        Assert.Equal(9 + 3 + (int)json["new_tokens"]!, (int)json["tokens"]!);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(Ids(many[i]).Take(3), Ids(few[i]));
            Assert.Equal("length", (string)few[i]["stopped"]!);
            Assert.StartsWith(Ascii((string)few[i]["text"]!), (string)many[i]["text"]!);
        }

        // The same continuation as the library's own greatest logits give.
        var grown = _folder.Write("grown.jsonl", $"{{\"id\": \"a\", \"tokens\": [256, 84, 104, {string.Join(", ", Ids(few[1]).Take(2))}]}}");
        Executable.Run("states", "--model", model.Path, "--prompts", grown, "--out", _folder["states"], "--taps", "logits").Expect(0);
        float[] logits = new StatesResult(_folder["states"]).Row("logits", 0);
        Assert.Equal(Array.IndexOf(logits, logits.Max()), Ids(few[1])[2]);
    }

    [Fact]
    public void A_stop_text_ends_the_text_before_it()
    {
        var prompts = _folder.Write("prompts.jsonl", "{\"id\": \"a\", \"text\": \"The film\"}");
        string[] command = ["generate", "--model", Repository.PathOf("models", "pocket"), "--prompts", prompts, "--max-new-tokens", "6", "--out", _folder["out.jsonl"]];
        Executable.Run(command).Expect(0);
        var free = Assert.Single(Lines("out.jsonl"));
        var text = (string)free["text"]!;
        var stop = text[^1].ToString();
        Executable.Run([.. command, "--stop", "no such text", "--stop", stop == "\n" ? "\\n" : stop]).Expect(0);
        var stopped = Assert.Single(Lines("out.jsonl"));
        Assert.Equal(text[..text.IndexOf(stop, StringComparison.Ordinal)], (string)stopped["text"]!);
        Assert.Equal("text", (string)stopped["stopped"]!);
        Assert.Equal(Ids(stopped), Ids(free)[..Ids(stopped).Length]);
    }

    [Theory]
    [InlineData("--max-new-tokens: '0' is not a whole number of at least 1", "--max-new-tokens", "0")]
    [InlineData("--stop: is empty", "--stop", "")]
    [InlineData("there is no such folder", "--adapter", "none")]
    public void Options_out_of_range_are_refused(string expected, params string[] options)
    {
        var prompts = _folder.Write("prompts.jsonl", "{\"id\": \"a\", \"text\": \"The film\"}");
        _folder.Write("out.jsonl", "earlier");
        Assert.Contains(expected, Executable.Run(["generate", "--model", model.Path, "--prompts", prompts, "--out", _folder["out.jsonl"], .. options]).ExpectBadInput());
        Assert.Equal("earlier", File.ReadAllText(_folder["out.jsonl"]));
    }

    private List<JsonNode> Lines(string file) => [.. File.ReadAllLines(_folder[file]).Select(line => JsonNode.Parse(line)!)];

    private static int[] Ids(JsonNode line) => [.. line["tokens"]!.AsArray().Select(id => (int)id!)];

    // Bytes that are not whole characters read as U+FFFD until the rest of them follows.
    private static string Ascii(string text) => new([.. text.TakeWhile(char.IsAscii)]);
}
