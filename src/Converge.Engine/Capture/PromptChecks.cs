using Converge.Engine.Model;

namespace Converge.Engine.Capture;

/// <summary>Refuses sequences that the model cannot run, before anything is computed.</summary>
internal static class PromptChecks
{
    /// <exception cref="BadInputException">A prompt is empty or too long, has an id twice or a token out of range.</exception>
    public static void Check(IReadOnlyList<Prompt> prompts, CaptureRequest request, ModelConfig config)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var prompt in prompts)
        {
            string where = $"prompt '{prompt.Id}'";
            if (!ids.Add(prompt.Id)) throw new BadInputException(where, "the id occurs twice", "Give every prompt an id of its own");
            CheckTokens(where, prompt.Tokens, config);
        }
        foreach (var continuation in request.Continuations)
        {
            var prompt = prompts[continuation.Prompt];
            if (continuation.Tokens.Length == 0) throw new ArgumentException("a continuation is empty", nameof(request));
            CheckTokens($"prompt '{prompt.Id}' with its continuation", [.. prompt.Tokens, .. continuation.Tokens], config);
        }
        CheckPositions(prompts, request);
        foreach (int layer in request.Layers ?? []) CheckLayer(layer, config);
        foreach (var patch in request.Patches) patch.Check(prompts, config);
    }

    /// <exception cref="BadInputException">The model has no such layer.</exception>
    public static void CheckLayer(int layer, ModelConfig config)
    {
        if (layer < 0 || layer > config.Layers)
            throw new BadInputException($"layer {layer}", $"the model has layers 0 (the embedding) to {config.Layers}", "Name layers of that range");
    }

    /// <exception cref="BadInputException">The prompt has no such position.</exception>
    public static void CheckPosition(Prompt prompt, int position)
    {
        if ((uint)position >= (uint)prompt.Tokens.Length)
            throw new BadInputException($"prompt '{prompt.Id}'", $"it has no position {position}, but {prompt.Tokens.Length} tokens", "Name positions from 0 on");
    }

    private static void CheckPositions(IReadOnlyList<Prompt> prompts, CaptureRequest request)
    {
        if (request.PositionLists is not { } lists) return;
        if (lists.Count != prompts.Count) throw new ArgumentException($"there are {prompts.Count} prompts and {lists.Count} lists of positions", nameof(request));
        for (int i = 0; i < prompts.Count; i++)
            foreach (int position in lists[i]) CheckPosition(prompts[i], position);
    }

    /// <exception cref="BadInputException">The sequence is empty or too long or has a token out of range.</exception>
    public static void CheckTokens(string where, int[] tokens, ModelConfig config)
    {
        if (tokens.Length == 0) throw new BadInputException(where, "it has no token", "Give it at least one");
        if (tokens.Length > config.MaxPositions)
            throw new BadInputException(where, $"it has {tokens.Length} tokens, and the model takes at most {config.MaxPositions}", "Shorten it");
        int at = Array.FindIndex(tokens, token => (uint)token >= (uint)config.VocabSize);
        if (at >= 0)
            throw new BadInputException(where, $"token {tokens[at]} at position {at} is not in the vocabulary of {config.VocabSize}", "Use the tokenizer that belongs to this checkpoint");
    }
}
