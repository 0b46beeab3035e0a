using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Checkpoints;

/// <summary>
/// A Hugging Face checkpoint of the Llama family: <c>config.json</c> and <c>model.safetensors</c>, or shards with an index. The weights
/// stay mapped in the files' own type and layout; the views in <see cref="Weights"/> are valid until the checkpoint is disposed.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    /// <summary>
    /// Up to this size <see cref="Open"/> looks at every weight for NaN and infinities: that takes a fraction of a second. Beyond it the
    /// look would read gigabytes from disk before the first answer, and opening is meant to be instant.
    /// </summary>
    internal const long EagerCheckBytes = 1L << 30;

    private readonly WeightFiles _files;
    private readonly string _configPath;
    private readonly Lazy<string> _digest;

    private Checkpoint(string directory, string configPath, ModelConfig config, WeightFiles files)
    {
        (Directory, _configPath, Config, _files) = (directory, configPath, config, files);
        _digest = new Lazy<string>(() => CheckpointDigest.Of(_configPath, _files.Files));
        CheckNames();
        var embeddingName = EmbeddingName();
        Weights = LlamaTensors.Assemble(config, (name, rows, columns) => Find(name == LlamaTensors.Embedding ? embeddingName : name, rows, columns));
        Tensors = [.. _files.Files.SelectMany(file => file.Tensors.Values.OrderBy(tensor => tensor.Offset)
            .Select(tensor => new TensorInfo(tensor.Name, tensor.Dtype, tensor.Shape, tensor.Length, Path.GetFileName(file.Path))))];
        TotalBytes = Tensors.Sum(tensor => tensor.Bytes);
        TotalParameters = LlamaTensors.Of(config).Sum(tensor => (long)tensor.Rows * tensor.Columns);
    }

    /// <summary>The folder it was opened from.</summary>
    public string Directory { get; }

    /// <summary>The model's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>Views of the weights; their shapes are those of <see cref="Config"/>.</summary>
    public LlamaWeights Weights { get; }

    /// <summary>All tensors of the files, in the order in which they lie there.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>The number of parameters; a tied head counts once.</summary>
    public long TotalParameters { get; }

    /// <summary>The size of all tensors in the files, in bytes.</summary>
    public long TotalBytes { get; }

    /// <summary>
    /// A SHA-256 in lower-case hexadecimal over configuration and weights, computed when first asked for; the folder's name and the files'
    /// dates do not enter. Files of more than 256 MiB are sampled, see <see cref="CheckpointDigest"/>.
    /// </summary>
    public string Digest => _digest.Value;

    /// <summary>Opens a folder, checking every tensor's name, type and shape against the configuration, and all values of a checkpoint of at most 1 GiB.</summary>
    /// <exception cref="BadInputException">
    /// Something is missing, damaged, unexpected or not supported; the weights are pickles; or a value is not finite.
    /// </exception>
    public static Checkpoint Open(string directory)
    {
        if (!System.IO.Directory.Exists(directory))
            throw new BadInputException(directory, "there is no such folder", "Give the folder of a Hugging Face checkpoint");
        var configPath = Path.Combine(directory, "config.json");
        var config = ConfigJson.Read(configPath);
        var files = WeightFiles.Open(directory);
        try
        {
            var checkpoint = new Checkpoint(directory, configPath, config, files);
            if (checkpoint.TotalBytes <= EagerCheckBytes) checkpoint.CheckFinite();
            return checkpoint;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Looks at every weight, which reads every file once.</summary>
    /// <exception cref="BadInputException">A weight is NaN or infinite; names tensor and element.</exception>
    public void CheckFinite()
    {
        foreach (var tensor in LlamaTensors.Of(Config))
        {
            var view = tensor.In(Weights);
            long element = FiniteScan.FirstNotFinite(view);
            if (element < 0) continue;
            var place = tensor.IsVector ? $"[{element}]" : $"[{element / tensor.Columns}, {element % tensor.Columns}]";
            throw new BadInputException(Directory, $"element {place} of tensor '{tensor.Name}' is NaN or infinite", "The checkpoint is damaged; copy or train it again");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _files.Dispose();

    /// <summary>
    /// Every tensor of the files must be one that the computation uses: one left aside would silently make another model. Rotary
    /// frequencies, which old checkpoints store, follow from the configuration.
    /// </summary>
    private void CheckNames()
    {
        var expected = LlamaTensors.Of(Config).Select(tensor => tensor.Name).Append(LlamaTensors.Head).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, file) in _files.Owners)
            if (!expected.Contains(name) && !name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal))
                throw new BadInputException(file.Path, $"tensor '{Shown.Text(name)}' has no place in a {Config.Architecture} with this config.json", "Check that config.json belongs to these weights");
    }

    /// <summary>Under which name the embedding is stored: some tied checkpoints keep only the head.</summary>
    private string EmbeddingName()
    {
        bool embedding = _files.Owners.ContainsKey(LlamaTensors.Embedding), head = _files.Owners.ContainsKey(LlamaTensors.Head);
        if (!Config.TieWordEmbeddings || !head) return LlamaTensors.Embedding;
        if (!embedding) return LlamaTensors.Head;
        var (a, b) = (Find(LlamaTensors.Embedding, Config.VocabSize, Config.HiddenSize), Find(LlamaTensors.Head, Config.VocabSize, Config.HiddenSize));
        if (!SameBytes(a, b))
            throw new BadInputException(Directory, $"config.json ties the head to the embedding, but {LlamaTensors.Head} differs from {LlamaTensors.Embedding}", "Set tie_word_embeddings to false or remove one of the two");
        return LlamaTensors.Embedding;
    }

    private WeightView Find(string name, int rows, int columns)
    {
        if (_files.Owners.TryGetValue(name, out var file)) return file.View(name, rows, columns);
        var mend = name == LlamaTensors.Head ? "If the head is the embedding, set tie_word_embeddings to true in config.json" : "The checkpoint is incomplete; download it again";
        throw new BadInputException(Directory, $"tensor '{name}' is missing", mend);
    }

    private static unsafe bool SameBytes(WeightView a, WeightView b)
    {
        if (a.Type != b.Type) return false;
        int rowBytes = a.Columns * a.Type.Size();
        for (int row = 0; row < a.Rows; row++)
            if (!new ReadOnlySpan<byte>(a.Row(row), rowBytes).SequenceEqual(new ReadOnlySpan<byte>(b.Row(row), rowBytes)))
                return false;
        return true;
    }
}
