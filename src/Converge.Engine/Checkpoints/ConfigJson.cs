using System.Text.Json;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Checkpoints;

/// <summary>
/// Reads and writes a Hugging Face <c>config.json</c>. Whatever would change the computation and is not supported is refused by name,
/// never ignored.
/// </summary>
public static class ConfigJson
{
    /// <summary>The largest <c>max_position_embeddings</c> accepted.</summary>
    internal const int MostPositions = 1 << 27;

    private const string Llama = "LlamaForCausalLM", Mistral = "MistralForCausalLM", Qwen2 = "Qwen2ForCausalLM";

    /// <summary>Reads a file. The bounds on sizes are far above any real model and keep every product of two sizes inside 64 bits.</summary>
    /// <exception cref="BadInputException">The file is unreadable, a value is missing or out of range, or the architecture is not supported.</exception>
    public static ModelConfig Read(string path)
    {
        var fields = JsonFields.ReadFile(path);
        var architecture = Architecture(fields);
        RefuseUnsupported(fields, architecture);
        int hidden = fields.Need("hidden_size", fields.Int("hidden_size", 1, 1 << 17));
        int heads = fields.Need("num_attention_heads", fields.Int("num_attention_heads", 1, 1 << 12));
        int? keyValueHeads = fields.Int("num_key_value_heads", 1, 1 << 12);
        // Only Llama's oldest files leave the number out, and mean one key head for each query head.
        keyValueHeads = architecture == Llama ? keyValueHeads ?? heads : fields.Need("num_key_value_heads", keyValueHeads);
        int? headDim = fields.Int("head_dim", 2, 1 << 12);
        if (headDim is null && hidden % heads != 0)
            throw fields.Bad("num_attention_heads", $"is {heads}, which does not divide hidden_size ({hidden})", "Correct the values or add head_dim");
        if (heads % keyValueHeads.Value != 0)
            throw fields.Bad("num_key_value_heads", $"is {keyValueHeads}, which does not divide num_attention_heads ({heads})", "Correct the values");
        headDim ??= hidden / heads;
        if (headDim % 2 != 0)
            throw fields.Bad("head_dim", $"is {headDim}; rotary position embedding needs an even number", "Correct head_dim, hidden_size or num_attention_heads");
        int vocabulary = fields.Need("vocab_size", fields.Int("vocab_size", 1, 1 << 22));
        int positions = fields.Need("max_position_embeddings", fields.Int("max_position_embeddings", 1, MostPositions));
        CheckSlidingWindow(fields, architecture, positions);
        bool bias = architecture == Llama && (fields.Bool("attention_bias") ?? false);
        var (theta, scaling) = RopeScalingJson.Read(fields);
        return new ModelConfig
        {
            Architecture = architecture,
            HiddenSize = hidden,
            IntermediateSize = fields.Need("intermediate_size", fields.Int("intermediate_size", 1, 1 << 20)),
            Layers = fields.Need("num_hidden_layers", fields.Int("num_hidden_layers", 1, 1 << 12)),
            Heads = heads,
            KeyValueHeads = keyValueHeads.Value,
            HeadDim = headDim.Value,
            VocabSize = vocabulary,
            MaxPositions = positions,
            RmsNormEps = fields.Need("rms_norm_eps", fields.Double("rms_norm_eps", 1e-30, 1)),
            RopeTheta = theta,
            RopeScaling = scaling,
            TieWordEmbeddings = fields.Bool("tie_word_embeddings") ?? false,
            QkvBias = bias || architecture == Qwen2,
            OutputBias = bias,
            BosId = fields.Int("bos_token_id", 0, vocabulary - 1),
            EosIds = EosIds(fields, vocabulary),
        };
    }

    /// <summary>Writes the configuration of a checkpoint whose weights are stored as <paramref name="weights"/>.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="config">The configuration, as <see cref="Read"/> gives it.</param>
    /// <param name="weights">The element type, for <c>torch_dtype</c>.</param>
    /// <exception cref="BadInputException">The file cannot be written.</exception>
    /// <exception cref="ArgumentException">The biases are not those of the architecture.</exception>
    public static void Write(string path, ModelConfig config, ElementType weights)
    {
        bool expectedBias = config.Architecture switch
        {
            Llama => config.QkvBias,
            Qwen2 or Mistral => false,
            _ => throw new ArgumentException($"{config.Architecture} is not supported", nameof(config)),
        };
        if (config.OutputBias != expectedBias || config.QkvBias != (config.Architecture == Qwen2 || expectedBias))
            throw new ArgumentException($"{config.Architecture} has no such combination of biases", nameof(config));
        AtomicFile.Write(path, stream =>
        {
            using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true })) WriteFields(writer, config, weights);
            stream.WriteByte((byte)'\n');
        });
    }

    private static void WriteFields(Utf8JsonWriter writer, ModelConfig config, ElementType weights)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("architectures");
        writer.WriteStringValue(config.Architecture);
        writer.WriteEndArray();
        if (config.Architecture == Llama) writer.WriteBoolean("attention_bias", config.QkvBias);
        if (config.BosId is { } bos) writer.WriteNumber("bos_token_id", bos);
        else writer.WriteNull("bos_token_id");
        WriteEosIds(writer, config.EosIds);
        writer.WriteNumber("head_dim", config.HeadDim);
        writer.WriteString("hidden_act", "silu");
        writer.WriteNumber("hidden_size", config.HiddenSize);
        writer.WriteNumber("intermediate_size", config.IntermediateSize);
        writer.WriteNumber("max_position_embeddings", config.MaxPositions);
        if (config.Architecture == Llama) writer.WriteBoolean("mlp_bias", false);
        writer.WriteString("model_type", config.Architecture switch { Mistral => "mistral", Qwen2 => "qwen2", _ => "llama" });
        writer.WriteNumber("num_attention_heads", config.Heads);
        writer.WriteNumber("num_hidden_layers", config.Layers);
        writer.WriteNumber("num_key_value_heads", config.KeyValueHeads);
        writer.WriteFloat("rms_norm_eps", config.RmsNormEps);
        RopeScalingJson.Write(writer, config);
        if (config.Architecture == Mistral) writer.WriteNull("sliding_window");
        writer.WriteBoolean("tie_word_embeddings", config.TieWordEmbeddings);
        writer.WriteString("torch_dtype", weights switch { ElementType.BF16 => "bfloat16", ElementType.F16 => "float16", ElementType.F64 => "float64", _ => "float32" });
        if (config.Architecture == Qwen2) writer.WriteBoolean("use_sliding_window", false);
        writer.WriteNumber("vocab_size", config.VocabSize);
        writer.WriteEndObject();
    }

    private static void WriteEosIds(Utf8JsonWriter writer, IReadOnlyList<int> ids)
    {
        writer.WritePropertyName("eos_token_id");
        if (ids.Count == 0) writer.WriteNullValue();
        else if (ids.Count == 1) writer.WriteNumberValue(ids[0]);
        else JsonSerializer.Serialize(writer, ids);
    }

    private static string Architecture(JsonFields fields)
    {
        var names = fields.Strings("architectures");
        if (names is not { Count: 1 }) throw fields.Bad("architectures", names is null ? "is missing" : $"names {names.Count} architectures", $"Name one of {Llama}, {Mistral}, {Qwen2}");
        if (names[0] is Llama or Mistral or Qwen2) return names[0];
        throw fields.Bad("architectures", $"names {Shown.Text(names[0])}, which is not supported", $"Use a checkpoint of {Llama}, {Mistral} or {Qwen2}");
    }

    private static void RefuseUnsupported(JsonFields fields, string architecture)
    {
        if (fields.String("hidden_act") is { } activation && activation != "silu")
            throw fields.Bad("hidden_act", $"is '{Shown.Text(activation)}', which is not supported", "Use a checkpoint with silu");
        if (fields.Bool("mlp_bias") == true)
            throw fields.Bad("mlp_bias", "is true, which is not supported", "Use a checkpoint without biases in the feed-forward network");
        if (architecture == Mistral && fields.Bool("attention_bias") == true)
            throw fields.Bad("attention_bias", "is true, which Mistral does not have", "Correct the value or the architecture");
        if (fields.Get("quantization_config") is not null)
            throw fields.Bad("quantization_config", "is given: the weights are quantised, which is not supported", "Use the checkpoint in F32, F16 or BF16");
        if (fields.Strings("layer_types") is { } types && types.FirstOrDefault(type => type != "full_attention") is { } other)
            throw fields.Bad("layer_types", $"names '{Shown.Text(other)}', which is not supported", "Use a checkpoint with full attention in every layer");
        RopeScalingJson.CheckFullRotation(fields);
    }

    private static void CheckSlidingWindow(JsonFields fields, string architecture, int positions)
    {
        if (architecture == Qwen2)
        {
            if (fields.Bool("use_sliding_window") == true)
                throw fields.Bad("use_sliding_window", "is true, which is not supported", "Use a checkpoint with full attention");
        }
        else if (fields.Int("sliding_window", 1, int.MaxValue) is { } window && window < positions)
        {
            throw fields.Bad("sliding_window", $"is {window}, less than max_position_embeddings ({positions}): windowed attention is not supported", "Use a checkpoint with full attention");
        }
    }

    private static IReadOnlyList<int> EosIds(JsonFields fields, int vocabulary)
    {
        if (fields.Get("eos_token_id") is not { ValueKind: JsonValueKind.Array } list) return fields.Int("eos_token_id", 0, vocabulary - 1) is { } id ? [id] : [];
        return [.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int value) && value >= 0 && value < vocabulary
            ? value
            : throw fields.Wrong("eos_token_id", list, $"whole numbers from 0 to {vocabulary - 1}"))];
    }
}
