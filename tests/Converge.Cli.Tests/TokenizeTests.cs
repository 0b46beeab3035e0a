using System.Text.Json.Nodes;
using Converge.Cli.Tests.Running;
using Converge.Tests;

namespace Converge.Cli.Tests;

public sealed class TokenizeTests(RandomModelFolder model) : IClassFixture<RandomModelFolder>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_text_comes_back_as_it_was_with_one_begin_token()
    {
        string[] texts = ["The film was", "žluť 漢\n\ttab", " ", ""];
        var texts_path = _folder.Write("in.jsonl", string.Join('\n', texts.Select(text => new JsonObject { ["text"] = text }.ToJsonString())));
        var json = Executable.Run("tokenize", "--tokenizer", model.Path, "--texts", texts_path, "--out", _folder["out.jsonl"], "--json").Expect(0).Json;
        Assert.Equal(4, (int)json["texts"]!);
        var lines = File.ReadAllLines(_folder["out.jsonl"]).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(texts, lines.Select(line => (string)line["text"]!));
        Assert.Equal(texts, lines.Select(line => (string)line["decoded"]!));
        Assert.All(lines, line => Assert.Equal(256, (int)line["ids"]![0]!));
    }

    [SkippableTheory]
    [InlineData("stories3m_sentencepiece.json", "models/stories3m")]
    [InlineData("llama_json.json", "tokenizers/llama_json")]
    [InlineData("smollm2_json.json", "tokenizers/smollm2_json")]
    public void Ids_without_special_tokens_and_decodings_are_the_references(string golden, string tokenizer)
    {
        var cases = JsonNode.Parse(File.ReadAllText(Repository.SharedOrSkip("golden", "tokenizers", golden)))!["cases"]!.AsArray();
        var texts = _folder.Write("in.jsonl", string.Join('\n', cases.Select(one => new JsonObject { ["text"] = (string)one!["text"]! }.ToJsonString())));
        Executable.Run("tokenize", "--tokenizer", Repository.SharedOrSkip(tokenizer), "--texts", texts, "--out", _folder["out.jsonl"], "--no-special").Expect(0);
        var lines = File.ReadAllLines(_folder["out.jsonl"]).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(cases.Count, lines.Count);
        for (int i = 0; i < lines.Count; i++)
        {
            Assert.Equal(cases[i]!["ids"]!.ToJsonString(), lines[i]["ids"]!.ToJsonString());
            Assert.Equal((string)cases[i]!["decoded"]!, (string)lines[i]["decoded"]!);
        }
    }

    [Fact]
    public void A_line_without_text_leaves_the_earlier_result_as_it_was()
    {
        _folder.Write("out.jsonl", "earlier");
        var line = Executable.Run("tokenize", "--tokenizer", model.Path, "--texts", _folder.Write("in.jsonl", "{\"txt\": \"x\"}"), "--out", _folder["out.jsonl"]).ExpectBadInput();
        Assert.Contains("in.jsonl:1: has \"txt\", but \"text\" is needed", line);
        Assert.Equal("earlier", File.ReadAllText(_folder["out.jsonl"]));
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public void An_error_is_json_too_where_json_is_asked_for()
    {
        var ended = Executable.Run("tokenize", "--tokenizer", _folder["none"], "--texts", "x", "--out", "y", "--json").Expect(2);
        Assert.Equal(2, (int)ended.Json["exit_code"]!);
        Assert.Equal(_folder["none"], (string)ended.Json["error"]!["where"]!);
        Assert.Equal("states", (string)Executable.Run("states", "--json").Expect(2).Json["verb"]!);
    }
}
