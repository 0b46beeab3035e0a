using System.Numerics;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Capture;

/// <summary>One forward pass over some prompts: collects the tapped rows layer by layer, then scores continuations.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class CapturePass<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ModelConfig _config;
    private readonly IReadOnlyList<Prompt> _prompts;
    private readonly (int First, int Count) _range;
    private readonly List<(int Index, Continuation Continuation)> _continuations = [];
    private readonly ResidualPatches<T> _patches;
    private readonly (int[] Rows, int[] Targets) _scored;
    private readonly int[] _tapped;
    private readonly int[] _layerSlot;
    private readonly int[] _blockSlot;

    /// <summary>A pass over <paramref name="range"/> of the prompts.</summary>
    public CapturePass(ModelConfig config, IReadOnlyList<Prompt> prompts, CaptureRequest request, (int First, int Count) range, IReadOnlyList<LoraParameters<T>> adapters)
    {
        (_config, _prompts, Request, _range) = (config, prompts, request, range);
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
        int[] owners = [.. Enumerable.Range(range.First, range.Count), .. _continuations.Select(item => item.Continuation.Prompt)];
        _patches = new ResidualPatches<T>(owners, request.Patches);
        Batch = new Batch<T>(PromptForest.Of(sequences, request.SharePrefixes, _patches.Apart), adapters);

        _layerSlot = Slots(request.LayersOf(config));
        _blockSlot = Slots(request.BlocksOf(config));
        Taps = [.. Enumerable.Range(0, range.Count).Select(Tapped)];
        (_tapped, _scored) = ([.. Taps.SelectMany(rows => rows)], ScoredRows());
        FinalRows = [.. FinalRowsInAnyOrder().Distinct().Order()];
        FinalSet = Batch.Subset(FinalRows);
        States = [.. Taps.Select((rows, i) => new ExactStates<T>(config, request, prompts[range.First + i].Tokens.Length, rows.Length))];
    }

    /// <summary>What is kept.</summary>
    public CaptureRequest Request { get; }

    /// <summary>The batch.</summary>
    public Batch<T> Batch { get; }

    /// <summary>The rows of the last block's output that are kept or scored, in ascending order.</summary>
    public int[] FinalRows { get; }

    /// <summary>The same rows, for the last block.</summary>
    public RowSet<T> FinalSet { get; }

    /// <summary>For each prompt of the range, the rows whose states are kept, in the order in which they are.</summary>
    public int[][] Taps { get; }

    /// <summary>The states of the range's prompts, complete after the last layer.</summary>
    public ExactStates<T>[] States { get; }

    /// <summary>The place of block <paramref name="layer"/> (from 0) among the blocks kept, or -1.</summary>
    public int BlockSlot(int layer) => _blockSlot[layer + 1];

    /// <summary>Patches layer <paramref name="layer"/>'s output, x [tokens, hidden], and keeps what the request wants of it.</summary>
    public void KeepLayer(int layer, MatrixView<T> x)
    {
        _patches.Apply(layer, Batch.Forest, x);
        if (_layerSlot[layer] < 0 || !Request.Keeps(CaptureTaps.ResidPost)) return;
        int hidden = _config.HiddenSize;
        for (int i = 0; i < Taps.Length; i++)
            for (int j = 0; j < Taps[i].Length; j++)
                x.Row(Taps[i][j]).CopyTo(States[i].ResidPost.AsSpan((_layerSlot[layer] * Taps[i].Length + j) * hidden, hidden));
    }

    /// <summary>
    /// Keeps the final norm of the last layer's output and the last tokens' logits, and writes the continuations' log-probabilities, by their index in the request.
    /// </summary>
    public void Finish(OutputHead<T> head, MatrixView<T> x, double[] logProbabilities)
    {
        int prompt = 0, position = 0;
        head.FinalNorm(x, _tapped, (_, normed) =>
        {
            while (position == Taps[prompt].Length) (prompt, position) = (prompt + 1, 0);
            normed.CopyTo(States[prompt].FinalNorm.AsSpan(position++ * _config.HiddenSize, _config.HiddenSize));
        });
        if (Request.Keeps(CaptureTaps.Logits)) head.Logits(x, LastRows(), (i, logits) => logits.CopyTo(States[i].Logits));
        var scores = new double[_scored.Rows.Length];
        head.LogProbabilities(x, _scored.Rows, _scored.Targets, scores);
        int at = 0;
        foreach (var (index, continuation) in _continuations)
            for (int t = 0; t < continuation.Tokens.Length; t++) logProbabilities[index] += scores[at++];
    }

    private IEnumerable<int> FinalRowsInAnyOrder()
    {
        int[] last = Request.Keeps(CaptureTaps.AttnScores | CaptureTaps.Logits) ? LastRows() : [];
        return _tapped.Concat(last).Concat(_scored.Rows);
    }

    private int[] LastRows() => [.. Enumerable.Range(0, _range.Count).Select(Batch.Forest.LastRow)];

    private int[] Tapped(int i)
    {
        if (Request.PositionLists is not { } lists) return Request.Positions == Positions.Last ? [Batch.Forest.LastRow(i)] : Batch.Forest.Rows(i);
        int[] path = Batch.Forest.Rows(i);
        return [.. lists[_range.First + i].Select(position => path[position])];
    }

    private int[] Slots(IReadOnlyList<int> layers)
    {
        var slots = new int[_config.Layers + 1];
        Array.Fill(slots, -1);
        for (int i = 0; i < layers.Count; i++) slots[layers[i]] = i;
        return slots;
    }

    private (int[] Rows, int[] Targets) ScoredRows()
    {
        var (rows, targets) = (new List<int>(), new List<int>());
        for (int c = 0; c < _continuations.Count; c++)
        {
            var continuation = _continuations[c].Continuation;
            int[] path = Batch.Forest.Rows(_range.Count + c);
            int first = _prompts[continuation.Prompt].Tokens.Length - 1;
            rows.AddRange(path.AsSpan(first, continuation.Tokens.Length));
            targets.AddRange(continuation.Tokens);
        }
        return ([.. rows], [.. targets]);
    }
}
