using System.Numerics;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>
/// What attention computes inside a block, for the rows that are to be kept: computed beside the block from its input or from what it left, so that
/// looking changes no bit of the pass.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class AttentionReadout<T>(ModelConfig config, LlamaWeights weights, Block<T> block, WorkPool pool) where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The width of a head.</summary>
    public int HeadDim => config.HeadDim;

    /// <summary>The q_proj or k_proj of some rows, before rotary positions; the caller disposes of the result.</summary>
    /// <param name="layer">The block's index.</param>
    /// <param name="target">The projection.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="x">Those rows of the block's input, [rows, hidden].</param>
    public Matrix<T> Projection(int layer, LinearLayer target, RowSet<T> rows, MatrixView<T> x)
    {
        using var normed = new Matrix<T>(x.Rows, config.HiddenSize);
        RmsNorm.Forward(pool, x, weights.Blocks[layer].InputNorm, config.RmsNormEps, normed.View);
        return Linear(layer, target, rows, normed.View);
    }

    /// <summary>The output of o_proj for some rows, before the residual stream is added; the caller disposes of the result.</summary>
    /// <param name="layer">The block's index.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="heads">Those rows of the heads' outputs, [rows, heads * head width].</param>
    public Matrix<T> Output(int layer, RowSet<T> rows, MatrixView<T> heads) => Linear(layer, LinearLayer.OProj, rows, heads);

    /// <summary>The scaled scores of one token over its prompt.</summary>
    /// <param name="query">Its rotated query, [1, heads * head width].</param>
    /// <param name="k">Rotated keys of the batch, [tokens, key-value heads * head width].</param>
    /// <param name="path">The row of every token of the prompt.</param>
    /// <param name="scores">[heads, prompt's tokens] goes here.</param>
    public void Scores(MatrixView<T> query, MatrixView<T> k, int[] path, Span<T> scores)
    {
        int width = config.HeadDim, group = block.Heads.Group;
        T scale = T.CreateTruncating(block.Heads.Scale);
        using var queries = new Matrix<T>(group, width);
        using var keys = new Matrix<T>(path.Length, width);
        using var products = new Matrix<T>(group, path.Length);
        for (int head = 0; head < config.KeyValueHeads; head++)
        {
            query.Row(0).Slice(head * group * width, group * width).CopyTo(queries.Span);
            for (int i = 0; i < path.Length; i++) k.Row(path[i]).Slice(head * width, width).CopyTo(keys.View.Row(i));
            LinearForward.Run(pool, queries.View, keys.AsWeight(), products.View);
            var target = scores.Slice(head * group * path.Length, group * path.Length);
            for (int i = 0; i < target.Length; i++) target[i] = products.Span[i] * scale;
        }
    }

    private Matrix<T> Linear(int layer, LinearLayer target, RowSet<T> rows, MatrixView<T> x)
    {
        var result = new Matrix<T>(x.Rows, target.Shape(config).Out);
        block.Linear(layer, target, rows, x, result.View);
        return result;
    }
}
