using Converge.Cli.Inputs;
using Converge.Cli.Tests.Running;
using Converge.Engine;

namespace Converge.Cli.Tests.Inputs;

public sealed class JsonLinesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_keep_their_numbers_when_empty_ones_are_skipped()
    {
        var lines = JsonLines.Read(_folder.Write("a.jsonl", "\uFEFF{\"text\": \"x\"}\r\n\n  \n{\"text\": \"a\\rb\"}"));
        Assert.Equal(["1", "4"], lines.Select(line => line.Where.Split(':')[^1]));
        Assert.Equal("a\rb", lines[1].Text("text"));
    }

    [Theory]
    [InlineData("", "holds no line")]
    [InlineData("\n \n", "holds no line")]
    [InlineData("{\"a\": 1}\n{\"a\": ", ":2: is not valid JSON")]
    [InlineData("{} {}", ":1: is not valid JSON")]
    [InlineData("[1]", ":1: is not a JSON object")]
    public void A_malformed_file_is_refused_with_its_line(string text, string expected)
    {
        var error = Assert.Throws<BadInputException>(() => JsonLines.Read(_folder.Write("a.jsonl", text)));
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused()
    {
        File.WriteAllBytes(_folder["a.jsonl"], [.. "{\"text\": \""u8, 0xC3, 0x28, .. "\"}"u8]);
        Assert.Contains("is not UTF-8", Assert.Throws<BadInputException>(() => JsonLines.Read(_folder["a.jsonl"])).Message);
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_named()
    {
        Assert.Contains("does not exist", Assert.Throws<BadInputException>(() => JsonLines.Read(_folder["none.jsonl"])).Message);
        Assert.Contains("is a folder", Assert.Throws<BadInputException>(() => JsonLines.Read(_folder.Path)).Message);
    }

    [Theory]
    [InlineData("{\"text\": 3}", "\"text\" is the number 3, not a string")]
    [InlineData("{\"text\": \"\\ud800\"}", "a lone surrogate")]
    public void A_text_of_another_kind_is_refused(string line, string expected) =>
        Assert.Contains(expected, Assert.Throws<BadInputException>(() => One(line).Text("text")).Message);

    [Theory]
    [InlineData("{\"tokens\": 3}", "not a list of token ids")]
    [InlineData("{\"tokens\": [1, \"2\"]}", "\"tokens\"[1] is a string")]
    [InlineData("{\"tokens\": [1, 2.5]}", "\"tokens\"[1] is the number 2.5")]
    [InlineData("{\"tokens\": [99999999999]}", "\"tokens\"[0] is the number 99999999999")]
    public void Tokens_of_another_kind_are_refused(string line, string expected) =>
        Assert.Contains(expected, Assert.Throws<BadInputException>(() => One(line).Tokens("tokens")).Message);

    [Fact]
    public void What_is_written_comes_back()
    {
        string[] texts = ["plain", "\u001b\"quoted\"\n", "ž 漢 \ud83d\ude00", ""];
        JsonLines.Write(_folder["out.jsonl"], texts, (line, text) => line.WriteString("text", text));
        Assert.Equal(texts, JsonLines.Read(_folder["out.jsonl"]).Select(line => line.Text("text")));
        Assert.Contains("漢", File.ReadAllText(_folder["out.jsonl"]));
    }

    private JsonLine One(string line) => Assert.Single(JsonLines.Read(_folder.Write("one.jsonl", line)));
}
