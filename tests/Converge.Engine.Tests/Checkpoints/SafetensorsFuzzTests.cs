using System.Text;
using Converge.Engine.Checkpoints;
using Converge.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace Converge.Engine.Tests.Checkpoints;

/// <summary>Whatever the bytes are: a file opens with all its tensors inside itself, or is refused in one line.</summary>
public sealed class SafetensorsFuzzTests : IDisposable
{
    private const string Honest = """
        {"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]},"c":{"dtype":"I64","shape":[],"data_offsets":[32,40]}}
        """;

    private static readonly string[] Pieces =
        ["0", "-1", "4", "24", "1e3", "9223372036854775807", "18446744073709551616", "null", "true", "[]", "{}", "\"F64\"", "\"\\ud800\"", "\"a\"", "\"shape\"", ",", ":", "}", "]", "\0", "\u00e9", ""];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Flipped_bytes_never_do_harm()
    {
        var random = new RandomStream(1);
        var honest = RawSafetensors.Bytes(Honest, 40);
        for (int trial = 0; trial < 3000; trial++)
        {
            var bytes = honest.ToArray();
            for (int flips = 1 + random.Next(3); flips > 0; flips--) bytes[random.Next(honest.Length - 40)] = (byte)random.Next(256);
            if (trial % 20 == 0) OpensWholeOrIsRefused(bytes);
            else ParsesWholeOrIsRefused(bytes);
        }
    }

    [Fact]
    public void Spliced_headers_never_do_harm()
    {
        var random = new RandomStream(2);
        int opened = 0;
        for (int trial = 0; trial < 5000; trial++)
        {
            var json = Honest;
            for (int splices = 1 + random.Next(2); splices > 0; splices--)
            {
                int at = random.Next(json.Length), length = Math.Min(json.Length - at, random.Next(6));
                json = json.Remove(at, length).Insert(at, Pieces[random.Next(Pieces.Length)]);
            }
            if (ParsesWholeOrIsRefused(RawSafetensors.Bytes(json, 40))) opened++;
        }
        Assert.InRange(opened, 1, 4000);
    }

    [Fact]
    public void Any_bytes_at_all_never_do_harm() =>
        Prop.ForAll<byte[]>(bytes => { OpensWholeOrIsRefused(bytes); }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_as_a_header_never_does_harm() =>
        Prop.ForAll<string>(text => { OpensWholeOrIsRefused(RawSafetensors.Bytes(text ?? "", Encoding.UTF8.GetBytes(text ?? ""))); }).QuickCheckThrowOnFailure();

    /// <summary>True if the header is believed; its tensors then tile the bytes. Any exception but the one for bad input fails the test.</summary>
    private static bool ParsesWholeOrIsRefused(byte[] bytes)
    {
        try
        {
            int length = SafetensorsHeader.LengthOf("fuzzed", bytes.AsSpan(0, Math.Min(8, bytes.Length)), bytes.Length);
            var header = SafetensorsHeader.Parse("fuzzed", bytes.AsMemory(8, length), bytes.Length);
            AssertTiles(header.Tensors.Values, header.DataStart, bytes.Length);
            return true;
        }
        catch (BadInputException error)
        {
            Assert.DoesNotContain(error.Message, character => char.IsControl(character));
            return false;
        }
    }

    /// <summary>The same through a mapped file, every byte of which is read.</summary>
    private void OpensWholeOrIsRefused(byte[] bytes)
    {
        try
        {
            using var file = SafetensorsFile.Open(_folder.Write("fuzzed.safetensors", bytes));
            AssertTiles(file.Tensors.Values, file.DataStart, bytes.Length);
            foreach (var tensor in file.Tensors.Values) Assert.Equal(bytes.AsSpan((int)tensor.Offset, (int)tensor.Length), file.Bytes(tensor.Name));
        }
        catch (BadInputException)
        {
            Assert.False(ParsesWholeOrIsRefused(bytes));
            return;
        }
        Assert.True(ParsesWholeOrIsRefused(bytes));
    }

    private static void AssertTiles(IEnumerable<TensorEntry> tensors, long dataStart, long length)
    {
        long next = dataStart;
        foreach (var tensor in tensors.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.Length))
        {
            Assert.Equal(next, tensor.Offset);
            Assert.Equal(tensor.Elements * SafetensorsDtypes.Size(tensor.Dtype), tensor.Length);
            next += tensor.Length;
        }
        Assert.Equal(length, next);
    }
}
