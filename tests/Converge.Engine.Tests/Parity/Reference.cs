using System.Text.Json;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tests.Checkpoints;
using Converge.Numerics;

namespace Converge.Engine.Tests.Parity;

/// <summary>The reference numbers of the Python stack, and the distances they are compared by.</summary>
internal static class Reference
{
    public static JsonElement Json(params string[] parts) => JsonDocument.Parse(File.ReadAllText(Golden.PathOf(parts))).RootElement;

    public static Checkpoint Open(string model) => Checkpoint.Open(Golden.Model(model));

    public static double[] Doubles(this JsonElement element) => [.. element.EnumerateArray().Select(item => item.GetDouble())];

    public static int[] Ints(this JsonElement element) => [.. element.EnumerateArray().Select(item => item.GetInt32())];

    /// <summary>The greatest difference, relative to the greatest reference value.</summary>
    public static double RelativeError(IEnumerable<double> actual, IEnumerable<double> expected)
    {
        var (a, e) = (actual.ToArray(), expected.ToArray());
        Assert.Equal(e.Length, a.Length);
        Assert.All(a, value => Assert.True(double.IsFinite(value)));
        double scale = e.Max(Math.Abs);
        return a.Zip(e, (x, y) => Math.Abs(x - y)).Max() / (scale == 0 ? 1 : scale);
    }

    public static LlamaModel<T> Load<T>(Checkpoint checkpoint, Products products = Products.Exact, int threads = 2) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        new(checkpoint.Config, checkpoint.Weights, threads, products: products);

    public static double[] ToDoubles<T>(this IEnumerable<T> values) where T : System.Numerics.INumberBase<T> => [.. values.Select(double.CreateTruncating)];
}
