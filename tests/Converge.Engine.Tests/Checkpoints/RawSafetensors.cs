using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Converge.Engine.Checkpoints;

namespace Converge.Engine.Tests.Checkpoints;

/// <summary>The bytes of safetensors files, honest or not.</summary>
internal static class RawSafetensors
{
    /// <summary>A file with this header, as it is, and this many bytes of data.</summary>
    public static byte[] Bytes(string json, int dataLength) => Bytes(json, new byte[dataLength]);

    /// <summary>A file with this header and this data.</summary>
    public static byte[] Bytes(string json, byte[] data)
    {
        var header = Encoding.UTF8.GetBytes(json);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, .. data];
    }

    /// <summary>Copies an honest file, with some tensors changed: null takes a tensor out, new names add one.</summary>
    public static void Edit(string source, string destination, params (string Name, TensorSpec? Spec, byte[]? Data)[] changes)
    {
        using var file = SafetensorsFile.Open(source);
        var tensors = file.Tensors.Values.ToDictionary(entry => entry.Name, entry => (Spec: new TensorSpec(entry.Name, entry.Dtype, entry.Shape), Data: file.Bytes(entry.Name).ToArray()));
        foreach (var (name, spec, data) in changes)
        {
            tensors.Remove(name);
            if (spec is not null) tensors.Add(spec.Name, (spec, data!));
        }
        SafetensorsWriter.Write(destination, tensors.Values.Select(tensor => tensor.Spec), (name, stream) => stream.Write(tensors[name].Data));
    }

    /// <summary>The bytes of some values.</summary>
    public static byte[] Of<T>(params T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
