using Converge.Engine;
using Converge.Engine.Model;

namespace Converge.Cli.Inputs;

/// <summary>Checks of token sequences that name the line they came from.</summary>
internal static class TokenCheck
{
    /// <summary>Throws unless a model of this shape can run <paramref name="tokens"/>.</summary>
    /// <exception cref="BadInputException">No tokens, a token out of range, or more of them than the model has positions.</exception>
    public static void Require(string where, ReadOnlySpan<int> tokens, ModelConfig config)
    {
        if (tokens.Length == 0) throw new BadInputException(where, "the prompt is empty", "Give it some text or at least one token");
        if (tokens.Length > config.MaxPositions)
            throw new BadInputException(where, $"{tokens.Length} tokens are more than the model's {config.MaxPositions} positions", "Shorten the text");
        for (int i = 0; i < tokens.Length; i++)
            if ((uint)tokens[i] >= (uint)config.VocabSize)
                throw new BadInputException(where, $"token {tokens[i]} at position {i} is not below the vocabulary size {config.VocabSize}", "Use ids of this model's own tokenizer");
    }
}
