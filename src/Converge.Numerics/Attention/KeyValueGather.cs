namespace Converge.Numerics;

/// <summary>Collects one head's keys or values of a segment's whole context, in the order of positions.</summary>
internal static unsafe class KeyValueGather<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    /// <summary>The next whole number of vectors.</summary>
    public static int Padded(int count) => (count + TSimd.Width - 1) / TSimd.Width * TSimd.Width;

    /// <summary>target[d, position], rows <paramref name="stride"/> apart; zeros after the last position.</summary>
    public static void Transposed(Segment[] segments, int index, MatrixView<float> source, int offset, int width, float* target, int stride)
    {
        for (int at = index; at >= 0; at = segments[at].Parent) Transposed(segments[at], source, offset, width, target, stride);
        Pad(segments[index].End, width, target, stride);
    }

    /// <summary>The same of the tokens of one segment, without those before it and without zeros after it.</summary>
    public static void Transposed(Segment segment, MatrixView<float> source, int offset, int width, float* target, int stride)
    {
        for (int i = 0; i < segment.Length; i++)
        {
            float* row = source.RowPointer(segment.FirstRow + i) + offset;
            float* column = target + segment.Start + i;
            for (int d = 0; d < width; d++) column[(nint)d * stride] = row[d];
        }
    }

    /// <summary>Zeros from position <paramref name="end"/> to the next whole vector.</summary>
    public static void Pad(int end, int width, float* target, int stride)
    {
        for (int d = 0; d < width; d++) new Span<float>(target + (nint)d * stride + end, Padded(end) - end).Clear();
    }

    /// <summary>target[position, d], rows <paramref name="stride"/> apart; zeros after the last d.</summary>
    public static void Rows(Segment[] segments, int index, MatrixView<float> source, int offset, int width, float* target, int stride)
    {
        for (int at = index; at >= 0; at = segments[at].Parent) Rows(segments[at], source, offset, width, target, stride);
    }

    /// <summary>The same of the tokens of one segment.</summary>
    public static void Rows(Segment segment, MatrixView<float> source, int offset, int width, float* target, int stride)
    {
        for (int i = 0; i < segment.Length; i++)
        {
            var row = new Span<float>(target + (nint)(segment.Start + i) * stride, stride);
            new Span<float>(source.RowPointer(segment.FirstRow + i) + offset, width).CopyTo(row);
            row[width..].Clear();
        }
    }

    /// <summary>Adds source[position, d] to the rows that <see cref="Rows(Segment[], int, MatrixView{float}, int, int, float*, int)"/> reads.</summary>
    public static void ScatterAdd(Segment[] segments, int index, float* source, int stride, int width, MatrixView<float> target, int offset)
    {
        for (int at = index; at >= 0; at = segments[at].Parent)
        {
            var segment = segments[at];
            for (int i = 0; i < segment.Length; i++)
            {
                float* from = source + (nint)(segment.Start + i) * stride;
                float* to = target.RowPointer(segment.FirstRow + i) + offset;
                for (int d = 0; d < width; d++) to[d] += from[d];
            }
        }
    }
}
