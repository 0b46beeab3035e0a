using Converge.Engine.Model;

namespace Converge.Engine.Generation;

/// <summary>A prompt that is being continued.</summary>
/// <param name="Index">The index of the prompt among all.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Slot">Its place in the batch.</param>
internal sealed record GrowingSequence(int Index, Prompt Prompt, int Slot)
{
    /// <summary>The new tokens.</summary>
    public List<int> Tokens { get; } = [];

    /// <summary>Why it ended; null while it grows.</summary>
    public StopReason? Reason { get; private set; }

    /// <summary>The position of the last token.</summary>
    public int Position => Prompt.Tokens.Length + Tokens.Count - 1;

    /// <summary>Adds the token that follows, or ends the sequence.</summary>
    public void Take(int token, GenerationRequest request, ModelConfig config)
    {
        if (request.StopTokens.Contains(token))
        {
            Reason = StopReason.StopToken;
            return;
        }
        Tokens.Add(token);
        if (request.Stop?.Invoke(Index, Tokens) == true) Reason = StopReason.Condition;
        else if (Tokens.Count >= request.MaxNewTokens || Position + 1 >= config.MaxPositions) Reason = StopReason.Length;
    }
}
