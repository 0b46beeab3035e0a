using Converge.Engine.Checkpoints;

namespace Converge.Engine.Tests.Checkpoints;

public sealed class CheckpointDigestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_digest_follows_the_content_and_not_the_place_or_the_date()
    {
        using var original = Checkpoint.Open(Golden.Model("tiny_mha"));
        Assert.Matches("^[0-9a-f]{64}$", original.Digest);
        Copy();
        File.SetLastWriteTimeUtc(_folder.PathOf("model.safetensors"), DateTime.UnixEpoch);
        Assert.Equal(original.Digest, Digest());
        var config = File.ReadAllText(_folder.PathOf("config.json"));
        _folder.Write("config.json", config.Replace("\"rope_theta\": 10000.0", "\"rope_theta\": 10001.0"));
        Assert.NotEqual(original.Digest, Digest());
        _folder.Write("config.json", config);
        Assert.Equal(original.Digest, Digest());
        Flip(^1);
        Assert.NotEqual(original.Digest, Digest());
    }

    [Fact]
    public void A_sampled_digest_sees_the_ends_of_every_tensor_and_the_length()
    {
        Copy();
        var path = _folder.PathOf("model.safetensors");
        var sampled = Sampled();
        TensorEntry[] large;
        using (var file = SafetensorsFile.Open(path)) large = [.. file.Tensors.Values.Where(tensor => tensor.Length > 80000)];
        Assert.NotEmpty(large);
        foreach (var tensor in large)
        {
            foreach (var offset in (long[])[tensor.Offset, tensor.Offset + tensor.Length - 1])
            {
                Flip((int)offset);
                Assert.NotEqual(sampled, Sampled());
                Flip((int)offset);
            }
        }
        Assert.Equal(sampled, Sampled());
        // Between two of the sampled blocks: not seen, as the summary says.
        Flip((int)large[0].Offset + 4200);
        Assert.Equal(sampled, Sampled());
    }

    private string Sampled()
    {
        using var file = SafetensorsFile.Open(_folder.PathOf("model.safetensors"));
        return CheckpointDigest.Of(_folder.PathOf("config.json"), [file], wholeUpTo: 0);
    }

    private string Digest()
    {
        using var checkpoint = Checkpoint.Open(_folder.Path);
        return checkpoint.Digest;
    }

    private void Copy()
    {
        File.WriteAllBytes(_folder.PathOf("model.safetensors"), File.ReadAllBytes(Golden.PathOf("tiny_mha", "model.safetensors")));
        File.WriteAllBytes(_folder.PathOf("config.json"), File.ReadAllBytes(Golden.PathOf("tiny_mha", "config.json")));
    }

    private void Flip(Index at)
    {
        var bytes = File.ReadAllBytes(_folder.PathOf("model.safetensors"));
        bytes[at] ^= 1;
        _folder.Write("model.safetensors", bytes);
    }
}
