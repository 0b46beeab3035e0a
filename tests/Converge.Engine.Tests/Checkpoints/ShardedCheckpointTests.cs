using System.Text.Json;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Tests.Checkpoints;

public sealed class ShardedCheckpointTests : IDisposable
{
    private static readonly ModelConfig Config = ConfigJson.Read(Golden.PathOf("tiny_gqa", "config.json"));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ElementType.BF16)]
    [InlineData(ElementType.F32)]
    public void Shards_hold_the_weights_of_the_single_file_within_the_size_given(ElementType type)
    {
        long most = (long)Config.VocabSize * Config.HiddenSize * type.Size();
        RandomCheckpoint.Write(_folder.PathOf("single"), Config, 3, type);
        RandomCheckpoint.Write(_folder.PathOf("shards"), Config, 3, type, most);
        var shards = Directory.GetFiles(_folder.PathOf("shards"), "*.safetensors").Order().ToArray();
        Assert.InRange(shards.Length, 3, 20);
        Assert.Equal($"model-00001-of-{shards.Length:00000}.safetensors", Path.GetFileName(shards[0]));
        Assert.All(shards, path => Assert.InRange(DataBytes(path), 1, most));

        using var single = Checkpoint.Open(_folder.PathOf("single"));
        using var sharded = Checkpoint.Open(_folder.PathOf("shards"));
        foreach (var tensor in LlamaTensors.Of(Config)) Assert.Equal(WeightConversion.ToFloats(tensor.In(single.Weights)), WeightConversion.ToFloats(tensor.In(sharded.Weights)));
        using var index = JsonDocument.Parse(File.ReadAllBytes(_folder.PathOf("shards", "model.safetensors.index.json")));
        Assert.Equal(single.TotalBytes, index.RootElement.GetProperty("metadata").GetProperty("total_size").GetInt64());
    }

    [Fact]
    public void A_tensor_larger_than_a_shard_has_one_of_its_own()
    {
        RandomCheckpoint.Write(_folder.Path, Config, 3, ElementType.F32, 1);
        Assert.Equal(LlamaTensors.Of(Config).Count(), Directory.GetFiles(_folder.Path, "*.safetensors").Length);
        Checkpoint.Open(_folder.Path).Dispose();
    }

    [Fact]
    public void Writing_reports_its_bytes_and_can_be_stopped_before_there_is_a_checkpoint()
    {
        using var stop = new CancellationTokenSource();
        long last = 0;
        var progress = new Told(bytes =>
        {
            Assert.True(bytes > last);
            last = bytes;
            if (bytes > 100_000) stop.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => RandomCheckpoint.Write(_folder.Path, Config, 3, progress: progress, cancellation: stop.Token));
        Assert.Empty(Directory.GetFiles(_folder.Path));
        RandomCheckpoint.Write(_folder.Path, Config, 3, progress: new Told(bytes => last = bytes));
        using var checkpoint = Checkpoint.Open(_folder.Path);
        Assert.Equal(checkpoint.TotalBytes, last);
    }

    [Fact]
    public void A_random_value_depends_on_its_place_alone()
    {
        var (whole, part) = (new float[100], new float[30]);
        RandomValues.Fill(whole, 2, 7, 5, 0);
        RandomValues.Fill(part, 2, 7, 5, 70);
        Assert.Equal(whole[70..], part);
        RandomValues.Fill(part, 2, 7, 6, 70);
        Assert.NotEqual(whole[70..], part);
    }

    [Fact]
    public void Random_values_are_near_normal_and_not_correlated()
    {
        var values = new float[1_000_000];
        RandomValues.Fill(values, 1, 1, 1, 0);
        double n = values.Length, mean = values.Average(value => (double)value), variance = values.Average(value => (double)value * value);
        // Four standard errors; the fourth moment of a sum of eight uniform numbers is 3 - 0.15.
        Assert.InRange(mean, -4 / Math.Sqrt(n), 4 / Math.Sqrt(n));
        Assert.InRange(variance, 1 - 4 * Math.Sqrt(2 / n), 1 + 4 * Math.Sqrt(2 / n));
        Assert.InRange(values.Average(value => Math.Pow(value, 4)), 2.85 - 4 * Math.Sqrt(96 / n), 2.85 + 4 * Math.Sqrt(96 / n));
        Assert.InRange(values.Zip(values.Skip(1)).Average(pair => (double)pair.First * pair.Second), -4 / Math.Sqrt(n), 4 / Math.Sqrt(n));
    }

    [Theory]
    [InlineData(ComputeMode.F32)]
    [InlineData(ComputeMode.F64)]
    public void The_rate_of_a_linear_layer_is_measured_in_either_arithmetic(ComputeMode mode)
    {
        Assert.InRange(ComputeRate.Measure(Config, mode, 2), 1e6, 1e14);
    }

    private static long DataBytes(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return file.Tensors.Values.Sum(tensor => tensor.Length);
    }

    private sealed class Told(Action<long> tell) : IProgress<long>
    {
        public void Report(long value) => tell(value);
    }
}
