using System.Buffers.Binary;
using Converge.Engine.Checkpoints;

namespace Converge.Engine.Tests.Checkpoints;

public sealed class SafetensorsWriterTests : IDisposable
{
    private static readonly TensorSpec[] Mixed = [new("i32", "I32", 3), new("bf16", "BF16", 1, 5), new("i64", "I64"), new("f32", "F32", 2, 2), new("none", "F32", 0, 4)];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_written_is_read_back_with_every_tensor_aligned()
    {
        var data = Mixed.ToDictionary(spec => spec.Name, spec => Data(spec));
        var path = _folder.PathOf("new", "mixed.safetensors");
        SafetensorsWriter.Write(path, Mixed, (name, stream) => stream.Write(data[name]), new Dictionary<string, string> { ["note"] = "a \"quoted\"\nline" });
        using var file = SafetensorsFile.Open(path);
        Assert.Equal("a \"quoted\"\nline", file.Metadata["note"]);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(0, file.DataStart % 8);
        Assert.Equal(Mixed.Select(spec => spec.Name).Order(), file.Tensors.Keys.Order());
        foreach (var spec in Mixed)
        {
            var entry = file.Tensors[spec.Name];
            Assert.Equal(spec.Dtype, entry.Dtype);
            Assert.Equal(spec.Shape, entry.Shape);
            Assert.Equal(data[spec.Name], file.Bytes(spec.Name).ToArray());
            Assert.Equal(0, entry.Offset % SafetensorsDtypes.Size(spec.Dtype)!.Value);
        }
    }

    [Fact]
    public void The_header_is_laid_out_as_the_format_says()
    {
        var path = _folder.PathOf("one.safetensors");
        SafetensorsWriter.Write(path, [new("a", "F32", 1, 2)], (_, stream) => stream.Write(RawSafetensors.Of(1f, 2f)));
        var bytes = File.ReadAllBytes(path);
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(
            """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}""",
            System.Text.Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' '));
        Assert.Equal(8 + length + 8, bytes.Length);
        Assert.Equal(RawSafetensors.Of(1f, 2f), bytes[^8..]);
    }

    [Fact]
    public void A_tensor_written_short_leaves_the_earlier_file_as_it_was()
    {
        var path = _folder.Write("a.safetensors", "earlier");
        Assert.Throws<InvalidOperationException>(() => SafetensorsWriter.Write(path, [new("a", "F32", 2)], (_, stream) => stream.Write(new byte[4])));
        AssertUntouched(path);
    }

    [Fact]
    public void A_disk_that_fills_up_leaves_the_earlier_file_as_it_was()
    {
        var path = _folder.Write("a.safetensors", "earlier");
        var error = Assert.Throws<BadInputException>(() => SafetensorsWriter.Write(path, [new("a", "F32", 2)], (_, _) => throw new IOException("No space left on device")));
        Assert.Contains("No space left", error.What);
        AssertUntouched(path);
    }

    [Fact]
    public void Two_tensors_of_one_name_an_unknown_type_and_impossible_sizes_are_our_own_mistakes()
    {
        var path = _folder.PathOf("a.safetensors");
        Assert.ThrowsAny<ArgumentException>(() => SafetensorsDraft.Create(path, [new("a", "F32", 1), new("a", "I64", 1)]));
        Assert.ThrowsAny<ArgumentException>(() => SafetensorsDraft.Create(path, [new("__metadata__", "F32", 1)]));
        Assert.ThrowsAny<ArgumentException>(() => SafetensorsDraft.Create(path, [new("a", "F31", 1)]));
        Assert.ThrowsAny<ArgumentException>(() => SafetensorsDraft.Create(path, [new("a", "F32", -1)]));
        Assert.Throws<OverflowException>(() => SafetensorsDraft.Create(path, [new("a", "F32", long.MaxValue, 2)]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_draft_filled_from_many_threads_in_any_order_is_whole()
    {
        const int Prompts = 64, Layers = 5, Width = 33;
        var path = _folder.Write("states.safetensors", "earlier");
        using (var draft = SafetensorsDraft.Create(path, [new("resid_post", "F32", Prompts, Layers, Width), new("ids", "I64", Prompts)]))
        {
            Parallel.For(0, Prompts * Layers, index =>
            {
                int layer = index / Prompts, prompt = index % Prompts;
                var row = Enumerable.Range(0, Width).Select(i => (float)(prompt * 10000 + layer * 100 + i)).ToArray();
                draft.Write<float>("resid_post", ((long)prompt * Layers + layer) * Width, row);
                if (layer == 0) draft.Write<long>("ids", prompt, [prompt]);
            });
            Assert.Equal("earlier", File.ReadAllText(path));
            draft.Commit();
        }
        using var file = SafetensorsFile.Open(path);
        var expected = from prompt in Enumerable.Range(0, Prompts) from layer in Enumerable.Range(0, Layers) from i in Enumerable.Range(0, Width) select (float)(prompt * 10000 + layer * 100 + i);
        Assert.Equal(RawSafetensors.Of(expected.ToArray()), file.Bytes("resid_post").ToArray());
        Assert.Equal(RawSafetensors.Of(Enumerable.Range(0, Prompts).Select(prompt => (long)prompt).ToArray()), file.Bytes("ids").ToArray());
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_draft_that_is_not_committed_leaves_nothing()
    {
        var path = _folder.Write("states.safetensors", "earlier");
        using (var draft = SafetensorsDraft.Create(path, [new("a", "F32", 8)])) draft.Write<float>("a", 0, [1, 2]);
        AssertUntouched(path);
    }

    [Fact]
    public void A_draft_refuses_elements_outside_a_tensor()
    {
        using var draft = SafetensorsDraft.Create(_folder.PathOf("a.safetensors"), [new("a", "F32", 2, 2), new("b", "F64", 2)]);
        draft.Write<float>("a", 4, []);
        Assert.ThrowsAny<ArgumentException>(() => draft.Write<float>("a", 3, [1, 2]));
        Assert.ThrowsAny<ArgumentException>(() => draft.Write<float>("a", -1, [1]));
        Assert.ThrowsAny<ArgumentException>(() => draft.Write<float>("a", long.MaxValue, [1]));
        Assert.ThrowsAny<ArgumentException>(() => draft.Write<double>("a", 0, [1]));
        Assert.ThrowsAny<ArgumentException>(() => draft.Write<float>("c", 0, [1]));
    }

    [Fact]
    public void A_draft_larger_than_the_disk_is_refused_before_anything_is_computed()
    {
        var path = _folder.Write("states.safetensors", "earlier");
        // Four exbibytes: more than any disk has room for.
        var error = Assert.Throws<BadInputException>(() => SafetensorsDraft.Create(path, [new("a", "F32", 1L << 60)]));
        Assert.Contains("cannot be written", error.What);
        AssertUntouched(path);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_refused()
    {
        var file = _folder.Write("file", "earlier");
        Assert.Throws<BadInputException>(() => SafetensorsDraft.Create(Path.Combine(file, "a.safetensors"), [new("a", "F32", 1)]));
        Assert.Throws<BadInputException>(() => SafetensorsWriter.Write(Path.Combine(file, "a.safetensors"), [new("a", "F32", 1)], (_, stream) => stream.Write(new byte[4])));
    }

    private void AssertUntouched(string path)
    {
        Assert.Equal("earlier", File.ReadAllText(path));
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    private static byte[] Data(TensorSpec spec)
    {
        var bytes = new byte[SafetensorsDtypes.Size(spec.Dtype)!.Value * spec.Shape.Aggregate(1L, (product, side) => product * side)];
        new Random(spec.Name.Length).NextBytes(bytes);
        return bytes;
    }
}
