namespace Converge.Engine.Checkpoints;

/// <summary>Writes a whole safetensors file in one go, tensor after tensor.</summary>
public static class SafetensorsWriter
{
    /// <summary>Creates or replaces a file; it is there whole, or what was there stays.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="writeTensor">Writes the bytes of the tensor named, all of them, little-endian and row-major. Called once for each.</param>
    /// <param name="metadata">Entries for <c>__metadata__</c>, beside <c>format</c>.</param>
    /// <exception cref="BadInputException">The folder cannot be written or the disk is full.</exception>
    /// <exception cref="ArgumentException">A name comes twice or a type is unknown.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="writeTensor"/> wrote another number of bytes than the tensor has.</exception>
    public static void Write(string path, IEnumerable<TensorSpec> tensors, Action<string, Stream> writeTensor, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var layout = SafetensorsLayout.Of(tensors, metadata);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(layout.Header);
            foreach (var tensor in layout.Tensors)
            {
                writeTensor(tensor.Name, stream);
                if (stream.Position != tensor.Offset + tensor.Length)
                    throw new InvalidOperationException($"{tensor.Name} takes {tensor.Length} bytes, but {stream.Position - tensor.Offset} were written");
            }
        });
    }
}
