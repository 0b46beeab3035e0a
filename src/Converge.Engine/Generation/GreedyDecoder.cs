using System.Numerics;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Generation;

/// <summary>
/// Continues prompts side by side: one pass over the prompts, whose common prefixes are computed once and whose keys and values are kept, then one pass for each
/// new token of all sequences that still grow. A token's attention sums its own context in the order of positions, so every logit is that of a pass over the
/// grown prompt, bit for bit.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class GreedyDecoder<T>(ModelConfig config, LlamaWeights weights, ForwardPass<T> forward, WeightStream stream) where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Continues the prompts of one batch.</summary>
    /// <param name="prompts">The prompts with their indices among all.</param>
    /// <param name="request">How far.</param>
    /// <param name="adapters">The adapters.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <returns>The continuations, in the order of the prompts.</returns>
    public IReadOnlyList<GeneratedTokens> Run(IReadOnlyList<(int Index, Prompt Prompt)> prompts, GenerationRequest request, IReadOnlyList<LoraParameters<T>> adapters, CancellationToken cancellation)
    {
        List<GrowingSequence> sequences = [.. prompts.Select((item, slot) => new GrowingSequence(item.Index, item.Prompt, slot))];
        var forest = PromptForest.Of([.. prompts.Select(item => (item.Prompt.Tokens, item.Prompt.Adapter))]);
        // The last new token is never run.
        using var store = new KeyValueStore<T>(config, forest, sequences.Count, request.MaxNewTokens - 1);
        var x = forward.Workspace.Stream;

        ReadPrompts(new Batch<T>(forest, adapters), sequences, store, x, cancellation);
        Take(sequences, [.. sequences.Select(sequence => forest.LastRow(sequence.Slot))], x.View, request);
        // Neighbours under one adapter are one product.
        List<GrowingSequence> growing = [.. sequences.OrderBy(sequence => sequence.Prompt.Adapter)];
        for (growing.RemoveAll(Ended); growing.Count > 0; growing.RemoveAll(Ended))
        {
            Step(growing, forest, store, x.Resize(growing.Count), adapters, cancellation);
            Take(growing, [.. Enumerable.Range(0, growing.Count)], x.View, request);
        }
        return [.. sequences.Select(sequence => new GeneratedTokens([.. sequence.Tokens], sequence.Reason!.Value))];

        static bool Ended(GrowingSequence sequence) => sequence.Reason is not null;
    }

    private void ReadPrompts(Batch<T> batch, List<GrowingSequence> sequences, KeyValueStore<T> store, Matrix<T> x, CancellationToken cancellation)
    {
        var activations = forward.Workspace.Block;
        x.Resize(batch.Tokens);
        EmbeddingTable.Forward(weights.Embedding, batch.Forest.Tokens, x.View);
        int[] last = [.. sequences.Select(sequence => batch.Forest.LastRow(sequence.Slot)).Distinct().Order()];
        var subset = batch.Subset(last);
        ForEachBlock(cancellation, layer =>
        {
            if (layer == config.Layers - 1) forward.Block.ForwardRows(layer, batch, last, subset, x.View, activations);
            else forward.Block.Forward(layer, batch, x.View, activations, keep: false);
            store.Keep(layer, activations.K.View, activations.V.View);
        });
    }

    // x holds the last token of every sequence: its embedding at first, the last layer's output in the end.
    private void Step(
        List<GrowingSequence> growing, PromptForest forest, KeyValueStore<T> store, MatrixView<T> x, IReadOnlyList<LoraParameters<T>> adapters, CancellationToken cancellation)
    {
        EmbeddingTable.Forward(weights.Embedding, [.. growing.Select(sequence => sequence.Tokens[^1])], x);
        Segment[] segments = [.. forest.Segments, .. growing.Select(sequence => store.New(sequence.Slot, sequence.Tokens.Count))];
        QueryRun[] queries = [.. growing.Select((sequence, i) => new QueryRun(forest.Segments.Length + i, sequence.Position, 1, i))];
        var rows = new RowSet<T>([.. growing.Select(sequence => sequence.Position)], queries, Adapted(growing, adapters));
        int[] places = [.. growing.Select(sequence => store.Row(sequence.Slot, sequence.Tokens.Count - 1))];
        ForEachBlock(cancellation, layer => forward.Block.ForwardNew(layer, segments, rows, places, store.Keys(layer), store.Values(layer), x, forward.Workspace.Block));
    }

    private void Take(List<GrowingSequence> sequences, int[] rows, MatrixView<T> x, GenerationRequest request) => forward.Head.Logits(x, rows, (i, row) =>
    {
        int best = 0;
        for (int id = 1; id < row.Length; id++)
            if (row[id] > row[best]) best = id;
        if (!T.IsFinite(row[best]))
            throw new BadInputException($"prompt '{sequences[i].Prompt.Id}'", "its logits are not finite", "Check the checkpoint's weights with 'converge inspect'; try --compute f64");
        sequences[i].Take(best, request, config);
    });

    private void ForEachBlock(CancellationToken cancellation, Action<int> run)
    {
        for (int layer = 0; layer < config.Layers; layer++)
        {
            cancellation.ThrowIfCancellationRequested();
            stream.Begin(layer, layer + 1);
            run(layer);
            stream.Release(layer);
        }
    }

    private static AdapterRows<T>[] Adapted(List<GrowingSequence> growing, IReadOnlyList<LoraParameters<T>> adapters)
    {
        var runs = new List<AdapterRows<T>>();
        for (int i = 0; i < growing.Count; i++)
        {
            int adapter = growing[i].Prompt.Adapter;
            if (adapter < 0) continue;
            if (runs.Count > 0 && runs[^1].Index == adapter) runs[^1] = runs[^1] with { Count = runs[^1].Count + 1 };
            else runs.Add(new AdapterRows<T>(adapter, adapters[adapter], i, 1, null));
        }
        return [.. runs];
    }
}
