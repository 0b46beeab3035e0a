using Converge.Engine;
using Converge.Engine.Model;
using Converge.Engine.Tokenizers;
using Converge.Engine.Tuning;

namespace Converge.Cli.Inputs;

/// <summary>Which tokens of a row the loss is taken on.</summary>
internal enum LossTokens
{
    /// <summary>The response, or from <c>loss_from</c> on.</summary>
    Answer,

    /// <summary>Every token but the first, which nothing predicts.</summary>
    Sequence,
}

/// <summary>Reads tuning rows: <c>{"prompt": "...", "response": "..."}</c> or <c>{"tokens": [...], "loss_from": 5}</c> a line.</summary>
internal static class TuningFile
{
    /// <summary>The rows of <paramref name="path"/>, checked against the model's shape. The tokenizer is asked for at the first text.</summary>
    /// <exception cref="BadInputException">
    /// A line is malformed, too long, has a token out of range or no token to take the loss on, or the tokens of a prompt are not the
    /// beginning of the tokens of prompt and response together. The message names the line.
    /// </exception>
    public static List<TuningRow> Read(string path, ModelConfig config, Lazy<Tokenizer> tokenizer, LossTokens loss)
    {
        var rows = new List<TuningRow>();
        foreach (var line in JsonLines.Read(path))
        {
            var (tokens, answer) = line.Tokens("tokens") is { } given ? (given, GivenStart(line, loss)) : Encode(line, tokenizer.Value, loss);
            TokenCheck.Require(line.Where, tokens, config);
            int lossFrom = loss == LossTokens.Sequence ? 1 : answer;
            if (lossFrom < 1 || lossFrom >= tokens.Length)
                throw new BadInputException(line.Where, $"the loss would start at token {lossFrom} of {tokens.Length}, which leaves nothing to predict", $"Let loss_from be from 1 to {Math.Max(1, tokens.Length - 1)}");
            rows.Add(new TuningRow(tokens, lossFrom));
        }
        return rows;
    }

    private static int GivenStart(JsonLine line, LossTokens loss) => line.Number("loss_from") ?? (loss == LossTokens.Sequence ? 1 : throw line.Lacks("\"loss_from\""));

    private static (int[] Tokens, int LossFrom) Encode(JsonLine line, Tokenizer tokenizer, LossTokens loss)
    {
        var prompt = line.Text("prompt") ?? throw line.Lacks("\"prompt\" and \"response\", or \"tokens\" and \"loss_from\",");
        var response = line.Text("response") ?? throw line.Lacks("\"response\"");
        if (response.Length == 0) throw new BadInputException(line.Where, "the response is empty", "Give it the text to be learnt");
        int[] start = tokenizer.Encode(prompt), whole = tokenizer.Encode(prompt + response);
        if (loss == LossTokens.Answer && !whole.AsSpan().StartsWith(start))
            throw new BadInputException(
                line.Where,
                "the tokenizer joins the end of the prompt with the start of the response, so that no token boundary lies between them",
                "Move the space or line break between the two from the end of the prompt to the start of the response");
        return (whole, start.Length);
    }
}
