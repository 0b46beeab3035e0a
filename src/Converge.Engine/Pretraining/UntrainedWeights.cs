using System.Security.Cryptography;
using System.Text.Json;
using Converge.Engine.Model;
using Converge.Engine.Tuning;

namespace Converge.Engine.Pretraining;

/// <summary>
/// Fresh weights for a model's architecture: the model before any training. They are made when they are asked for, and every element is a function of
/// (seed, tensor, element) alone.
/// </summary>
/// <param name="config">The architecture.</param>
/// <param name="seed">The seed.</param>
public sealed class UntrainedWeights(ModelConfig config, ulong seed) : IDisposable
{
    /// <summary>
    /// Linear layers keep the size of what they map, those that write to the residual stream are smaller by the root of twice the number of layers
    /// (Radford et al. 2019, section 2.3), and embeddings have the usual deviation of 0.02.
    /// </summary>
    public static InitialScales Scales { get; } = new(0.02, 1, 1);

    private ModelParameters<float>? _parameters;

    /// <summary>A SHA-256, in lower-case hexadecimal, over what the weights are a function of: architecture, scales and seed.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { Untrained = config, Scales, Seed = seed })));

    /// <summary>The weights; views that are valid until this is disposed.</summary>
    public LlamaWeights Weights
    {
        get
        {
            if (_parameters is null)
            {
                _parameters = new ModelParameters<float>(config);
                FreshWeights.Fill(_parameters, config, Scales, seed);
            }
            return _parameters.Weights;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _parameters?.Dispose();
}
