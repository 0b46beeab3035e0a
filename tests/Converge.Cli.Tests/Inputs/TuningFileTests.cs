using Converge.Cli.Inputs;
using Converge.Cli.Tests.Running;
using Converge.Engine;
using Converge.Engine.Tokenizers;
using Converge.Engine.Tuning;
using Converge.Tests;

namespace Converge.Cli.Tests.Inputs;

public sealed class TuningFileTests(RandomModelFolder model) : IClassFixture<RandomModelFolder>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_loss_starts_with_the_response()
    {
        var row = Assert.Single(Read("{\"prompt\": \"Q:\", \"response\": \" A\"}"));
        Assert.Equal([ByteTokenizer.BosId, 'Q', ':', ' ', 'A'], row.Tokens);
        Assert.Equal(3, row.LossFrom);
    }

    [Fact]
    public void The_loss_on_the_sequence_starts_after_the_first_token()
    {
        var rows = Read("{\"prompt\": \"Q:\", \"response\": \" A\"}\n{\"tokens\": [1, 2, 3], \"loss_from\": 2}\n{\"tokens\": [1, 2, 3]}", LossTokens.Sequence);
        Assert.All(rows, row => Assert.Equal(1, row.LossFrom));
    }

    [Theory]
    [InlineData("{\"prompt\": \"Q\"}", ":1: has \"prompt\", but \"response\" is needed")]
    [InlineData("{\"text\": \"Q\"}", "but \"prompt\" and \"response\", or \"tokens\" and \"loss_from\", is needed")]
    [InlineData("{\"prompt\": \"Q\", \"response\": \"\"}", ":1: the response is empty")]
    [InlineData("{\"tokens\": [1, 2]}", "but \"loss_from\" is needed")]
    [InlineData("{\"tokens\": [1, 2], \"loss_from\": 0}", "the loss would start at token 0 of 2")]
    [InlineData("{\"tokens\": [1, 2], \"loss_from\": 2}", "the loss would start at token 2 of 2")]
    [InlineData("{\"tokens\": [1, 2], \"loss_from\": 1.5}", "\"loss_from\" is the number 1.5")]
    [InlineData("{\"tokens\": [1, 999], \"loss_from\": 1}", "token 999 at position 1")]
    public void A_row_that_cannot_be_learnt_is_refused_with_its_line(string lines, string expected) =>
        Assert.Contains(expected, Assert.Throws<BadInputException>(() => Read(lines)).Message);

    [SkippableFact]
    public void A_response_that_the_tokenizer_joins_to_its_prompt_is_refused()
    {
        var tokenizer = Tokenizer.Load(Repository.SharedOrSkip("models", "stories3m"));
        var path = _folder.Write("r.jsonl", "{\"prompt\": \"Once up\", \"response\": \"on a time\"}");
        var error = Assert.Throws<BadInputException>(() => TuningFile.Read(path, RandomModel.Config with { VocabSize = tokenizer.VocabSize }, new(() => tokenizer), LossTokens.Answer));
        Assert.Contains("joins the end of the prompt with the start of the response", error.Message);
        Assert.Single(TuningFile.Read(path, RandomModel.Config with { VocabSize = tokenizer.VocabSize }, new(() => tokenizer), LossTokens.Sequence));
    }

    private List<TuningRow> Read(string lines, LossTokens loss = LossTokens.Answer) =>
        TuningFile.Read(_folder.Write("r.jsonl", lines), RandomModel.Config, new(() => Tokenizer.Load(model.Path)), loss);
}
