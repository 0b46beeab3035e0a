using Converge.Cli.Inputs;
using Converge.Cli.Tests.Running;
using Converge.Engine;
using Converge.Engine.Tokenizers;

namespace Converge.Cli.Tests.Inputs;

public sealed class PromptFileTests(RandomModelFolder model) : IClassFixture<RandomModelFolder>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Texts_are_tokenized_with_one_begin_token_and_tokens_are_taken_as_they_are()
    {
        var prompts = Read("""
            {"id": "a", "text": "Hi"}
            {"id": "b", "tokens": [7, 8]}
            {"id": "c", "text": "ignored", "tokens": [9]}
            """);
        Assert.Equal(["a", "b", "c"], prompts.Select(prompt => prompt.Id));
        Assert.Equal([ByteTokenizer.BosId, 'H', 'i'], prompts[0].Tokens);
        Assert.Equal([7, 8], prompts[1].Tokens);
        Assert.Equal([9], prompts[2].Tokens);
    }

    [Fact]
    public void A_tokenizer_is_not_needed_for_tokens()
    {
        var none = new Lazy<Tokenizer>(() => throw new InvalidOperationException("asked for"));
        Assert.Single(PromptFile.Read(_folder.Write("p.jsonl", "{\"id\": \"a\", \"tokens\": [1]}"), RandomModel.Config, none));
    }

    [Theory]
    [InlineData("{\"text\": \"x\"}", ":1: has \"text\", but \"id\" is needed")]
    [InlineData("{\"id\": \"a\"}", ":1: has \"id\", but \"text\" or \"tokens\" is needed")]
    [InlineData("{\"id\": \"\", \"text\": \"x\"}", ":1: the id is empty")]
    [InlineData("{\"id\": \"a\", \"text\": \"\"}", ":1: the prompt is empty")]
    [InlineData("{\"id\": \"a\", \"tokens\": []}", ":1: the prompt is empty")]
    [InlineData("{\"id\": \"a\", \"tokens\": [1, 258]}", ":1: token 258 at position 1 is not below the vocabulary size 258")]
    [InlineData("{\"id\": \"a\", \"tokens\": [-1]}", ":1: token -1 at position 0")]
    [InlineData("{\"id\": \"a\", \"tokens\": [1]}\n\n{\"id\": \"a\", \"tokens\": [2]}", ":3: the id \"a\" was given before, at ")]
    public void A_prompt_that_cannot_be_run_is_refused_with_its_line(string lines, string expected) =>
        Assert.Contains(expected, Assert.Throws<BadInputException>(() => Read(lines)).Message);

    [Fact]
    public void A_prompt_may_fill_every_position_and_no_more()
    {
        int most = RandomModel.Config.MaxPositions;
        Assert.Equal(most, Read($"{{\"id\": \"a\", \"text\": \"{new string('x', most - 1)}\"}}")[0].Tokens.Length);
        var error = Assert.Throws<BadInputException>(() => Read($"{{\"id\": \"a\", \"text\": \"{new string('x', most)}\"}}"));
        Assert.Contains($"{most + 1} tokens are more than the model's {most} positions", error.Message);
    }

    private List<PromptLine> Read(string lines) => PromptFile.Read(_folder.Write("p.jsonl", lines), RandomModel.Config, new(() => Tokenizer.Load(model.Path)));
}
