using System.Numerics;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Capture;

/// <summary>One forward pass over some prompts: collects the tapped rows layer by layer, then scores continuations.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class CapturePass<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ModelConfig _config;
    private readonly CaptureRequest _request;
    private readonly IReadOnlyList<Prompt> _prompts;
    private readonly (int First, int Count) _range;
    private readonly List<(int Index, Continuation Continuation)> _continuations = [];
    private readonly int[][] _taps;
    private readonly int[] _slot;

    /// <summary>A pass over <paramref name="range"/> of the prompts.</summary>
    public CapturePass(ModelConfig config, IReadOnlyList<Prompt> prompts, CaptureRequest request, (int First, int Count) range)
    {
        (_config, _prompts, _request, _range) = (config, prompts, request, range);
        for (int i = 0; i < request.Continuations.Count; i++)
        {
            var continuation = request.Continuations[i];
            if (continuation.Prompt >= range.First && continuation.Prompt < range.First + range.Count) _continuations.Add((i, continuation));
        }
        // The last token of a continuation predicts nothing that is asked for.
        var sequences = new List<(int[], int)>();
        for (int i = 0; i < range.Count; i++) sequences.Add((prompts[range.First + i].Tokens, prompts[range.First + i].Adapter));
        foreach (var (_, continuation) in _continuations)
            sequences.Add(([.. prompts[continuation.Prompt].Tokens, .. continuation.Tokens[..^1]], prompts[continuation.Prompt].Adapter));
        Forest = PromptForest.Of(sequences, request.SharePrefixes);

        _slot = new int[config.Layers + 1];
        Array.Fill(_slot, -1);
        var layers = request.Layers ?? [.. Enumerable.Range(0, config.Layers + 1)];
        for (int i = 0; i < layers.Count; i++) _slot[layers[i]] = i;
        _taps = [.. Enumerable.Range(0, range.Count).Select(i => request.Positions == Positions.Last ? [Forest.LastRow(i)] : Forest.Rows(i))];
        States = [.. _taps.Select(rows => new ExactStates<T>(new T[layers.Count * rows.Length * config.HiddenSize], new T[rows.Length * config.HiddenSize]))];
    }

    /// <summary>The batch.</summary>
    public PromptForest Forest { get; }

    /// <summary>The states of the range's prompts, complete after the last layer.</summary>
    public ExactStates<T>[] States { get; }

    /// <summary>Keeps what the request wants of layer <paramref name="layer"/>'s output, x [tokens, hidden].</summary>
    public void KeepLayer(int layer, MatrixView<T> x)
    {
        if (_slot[layer] < 0) return;
        int hidden = _config.HiddenSize;
        for (int i = 0; i < _taps.Length; i++)
            for (int j = 0; j < _taps[i].Length; j++)
                x.Row(_taps[i][j]).CopyTo(States[i].ResidPost.AsSpan((_slot[layer] * _taps[i].Length + j) * hidden, hidden));
    }

    /// <summary>Keeps the final norm of the last layer's output and writes the continuations' log-probabilities, by their index in the request.</summary>
    public void Finish(OutputHead<T> head, MatrixView<T> x, double[] logProbabilities)
    {
        using (var normed = head.FinalNorm(x, [.. _taps.SelectMany(rows => rows)]))
        {
            int row = 0;
            for (int i = 0; i < _taps.Length; i++)
                for (int j = 0; j < _taps[i].Length; j++) normed.View.Row(row++).CopyTo(States[i].FinalNorm.AsSpan(j * _config.HiddenSize, _config.HiddenSize));
        }
        var (rows, targets) = ScoredRows();
        double[] scores = head.LogProbabilities(x, rows, targets);
        int at = 0;
        foreach (var (index, continuation) in _continuations)
            for (int t = 0; t < continuation.Tokens.Length; t++) logProbabilities[index] += scores[at++];
    }

    /// <summary>The rows of the last block's output that are kept or scored, in ascending order.</summary>
    public int[] FinalRows() => [.. _taps.SelectMany(rows => rows).Concat(ScoredRows().Rows).Distinct().Order()];

    private (int[] Rows, int[] Targets) ScoredRows()
    {
        var (rows, targets) = (new List<int>(), new List<int>());
        for (int c = 0; c < _continuations.Count; c++)
        {
            var continuation = _continuations[c].Continuation;
            int[] path = Forest.Rows(_range.Count + c);
            int first = _prompts[continuation.Prompt].Tokens.Length - 1;
            rows.AddRange(path.AsSpan(first, continuation.Tokens.Length));
            targets.AddRange(continuation.Tokens);
        }
        return ([.. rows], [.. targets]);
    }
}
