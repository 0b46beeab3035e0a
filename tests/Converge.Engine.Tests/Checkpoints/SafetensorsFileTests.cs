using Converge.Engine.Checkpoints;
using Converge.Numerics;

namespace Converge.Engine.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""", 12, "claims 12 bytes, but F32 [2] takes 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "claims the bytes 8 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "claims the bytes 0 to 8 of 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 0, "claims the bytes 0 to 8 of 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775803,9223372036854775807]}}""", 8, "claims the bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "data_offsets with '-8'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8.5]}}""", 8, "data_offsets with '8.5'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,99999999999999999999]}}""", 8, "data_offsets with '9999")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, "has 1 data_offsets, expected 2")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":"all"}}""", 8, "has no data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "has no data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "shape with '-2'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,0]}}""", 0, "no file can hold")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,1073741825],"data_offsets":[0,8]}}""", 8, "no file can hold")]
    [InlineData("""{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8, "has no shape")]
    [InlineData("""{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}""", 8, "unknown dtype 'F33'")]
    [InlineData("""{"a":{"dtype":32,"shape":[2],"data_offsets":[0,8]}}""", 8, "has no dtype")]
    [InlineData("""{"a":[]}""", 0, "is not described by a JSON object")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12, "4 bytes after the last tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "a hole of 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "'b' overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "'b' leaves a hole of 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "not valid JSON")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "not valid JSON")]
    [InlineData("""{"__metadata__":{"n":1}}""", 0, "__metadata__ 'n' is not a string")]
    [InlineData("""{"__metadata__":"pt"}""", 0, "__metadata__ is not a JSON object")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "header")]
    [InlineData("""[1,2]""", 0, "not a JSON object")]
    [InlineData("""{"a":""", 0, "not valid JSON")]
    [InlineData("", 0, "not valid JSON")]
    public void A_header_that_lies_is_refused(string json, int dataLength, string complaint)
    {
        var path = _folder.Write("lying.safetensors", RawSafetensors.Bytes(json, dataLength));
        var error = Assert.Throws<BadInputException>(() => SafetensorsFile.Open(path));
        Assert.Equal(path, error.Where);
        Assert.Contains(complaint, error.What);
        Assert.DoesNotContain(error.Message, character => char.IsControl(character));
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(100_000_001UL)]
    [InlineData(1UL << 63)]
    [InlineData(3UL)]
    public void A_header_longer_than_the_file_or_the_format_allows_is_refused(ulong length)
    {
        var path = _folder.Write("long.safetensors", [.. RawSafetensors.Of(length), (byte)'{', (byte)'}']);
        Assert.Contains($"claims {length} bytes", Assert.Throws<BadInputException>(() => SafetensorsFile.Open(path)).What);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        var whole = RawSafetensors.Bytes("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8);
        for (int length = 0; length < whole.Length; length++)
        {
            var path = _folder.Write("cut.safetensors", whole[..length]);
            Assert.Throws<BadInputException>(() => SafetensorsFile.Open(path));
        }
        using var file = SafetensorsFile.Open(_folder.Write("cut.safetensors", whole));
        Assert.Equal(["a"], file.Tensors.Keys);
    }

    [Fact]
    public void Missing_files_and_folders_are_refused()
    {
        Assert.Contains("no such file", Assert.Throws<BadInputException>(() => SafetensorsFile.Open(_folder.PathOf("none.safetensors"))).What);
        Assert.Contains("no such file", Assert.Throws<BadInputException>(() => SafetensorsFile.Open(_folder.PathOf("none", "none.safetensors"))).What);
        Assert.Contains("cannot be read", Assert.Throws<BadInputException>(() => SafetensorsFile.Open(_folder.Path)).What);
    }

    [Fact]
    public unsafe void Every_float_type_is_seen_where_it_lies_even_unaligned()
    {
        // The one byte of "pad" puts every later tensor at an odd offset.
        var json = """
            {"pad":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"f32":{"dtype":"F32","shape":[1,2],"data_offsets":[1,9]},
            "f16":{"dtype":"F16","shape":[2],"data_offsets":[9,13]},"bf16":{"dtype":"BF16","shape":[2,1],"data_offsets":[13,17]},
            "f64":{"dtype":"F64","shape":[2,1],"data_offsets":[17,33]},"none":{"dtype":"F32","shape":[0,3],"data_offsets":[33,33]},"__metadata__":{"k":"v"}}
            """;
        byte[] data = [7, .. RawSafetensors.Of(1.5f, -2), .. RawSafetensors.Of((Half)1.5f, (Half)(-2)), .. RawSafetensors.Of<ushort>(0x3FC0, 0xC000), .. RawSafetensors.Of(1.5, -2.0)];
        using var file = SafetensorsFile.Open(_folder.Write("types.safetensors", RawSafetensors.Bytes(json, data)));
        Assert.Equal("v", file.Metadata["k"]);
        Assert.Equal([7], file.Bytes("pad").ToArray());
        Assert.Equal(0, file.Bytes("none").Length);
        foreach (var (name, type, rows) in ((string, ElementType, int)[])[("f32", ElementType.F32, 1), ("f16", ElementType.F16, 1), ("bf16", ElementType.BF16, 2), ("f64", ElementType.F64, 2)])
        {
            var view = file.View(name, rows, 2 / rows);
            Assert.Equal(type, view.Type);
            Assert.Equal([1.5f, -2f], WeightConversion.ToFloats(view));
        }
        Assert.Contains("stored as U8", Assert.Throws<BadInputException>(() => file.View("pad", 1, 1)).What);
    }

    [Fact]
    public void A_view_of_another_shape_or_of_nothing_is_refused()
    {
        using var file = SafetensorsFile.Open(_folder.Write("a.safetensors", RawSafetensors.Bytes("""{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""", 24)));
        Assert.Contains("has the shape [2, 3], expected [3, 2]", Assert.Throws<BadInputException>(() => file.View("a", 3, 2)).What);
        Assert.Contains("expected [6]", Assert.Throws<BadInputException>(() => file.View("a", 1, 6)).What);
        Assert.Contains("'b' is missing", Assert.Throws<BadInputException>(() => file.View("b", 2, 3)).What);
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.View("a", 2, 3));
        Assert.Throws<ObjectDisposedException>(() => file.Bytes("a").Length);
    }

    [Fact]
    public void Names_from_a_file_cannot_forge_lines_or_colours_on_a_terminal()
    {
        var json = "{\"\\u001b[31mall is well\\n\\u202e" + new string('x', 5000) + "\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}";
        var error = Assert.Throws<BadInputException>(() => SafetensorsFile.Open(_folder.Write("hostile.safetensors", RawSafetensors.Bytes(json, 4))));
        Assert.DoesNotContain(error.Message, character => char.IsControl(character) || character == '\u202e');
        Assert.InRange(error.What.Length, 1, 400);
    }
}
