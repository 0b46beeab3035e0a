using System.Text.Json;
using System.Text.RegularExpressions;
using Converge.Engine.Model;
using Converge.Engine.Tuning;

namespace Converge.Engine.Checkpoints;

/// <summary>
/// The <c>adapter_config.json</c> of PEFT. Settings that would change the computation and are not supported are refused by name; so is a
/// setting we do not know, unless it is switched off.
/// </summary>
internal static class PeftConfig
{
    private const string Mend = "Use a plain LoRA adapter without this setting";

    /// <summary>Settings that do not change what a trained adapter computes.</summary>
    private static readonly HashSet<string> Harmless =
    [
        "auto_mapping", "base_model_name_or_path", "inference_mode", "loftq_config", "megatron_core", "peft_version", "qalora_group_size", "revision", "runtime_config",
    ];

    /// <summary>Settings that are read below.</summary>
    private static readonly HashSet<string> Known =
        ["bias", "init_lora_weights", "lora_alpha", "lora_dropout", "peft_type", "r", "target_modules", "task_type", "use_rslora"];

    /// <summary>Reads the hyper-parameters. Rank-stabilised adapters (alpha / sqrt(r)) come back with the alpha that gives the same scale.</summary>
    /// <exception cref="BadInputException">The file is unreadable, a value is out of range or missing, or a setting is not supported.</exception>
    public static LoraRecipe Read(string path, ModelConfig model)
    {
        var fields = JsonFields.ReadFile(path);
        if (fields.String("peft_type") is var type && type != "LORA") throw fields.Bad("peft_type", type is null ? "is missing" : $"is '{Shown.Text(type)}', expected 'LORA'", "Use a LoRA adapter");
        if (fields.String("task_type") is { } task && task != "CAUSAL_LM") throw fields.Bad("task_type", $"is '{Shown.Text(task)}', expected 'CAUSAL_LM'", "Use an adapter of a causal language model");
        if (fields.String("bias") is { } bias && bias != "none") throw fields.Bad("bias", $"is '{Shown.Text(bias)}', which is not supported", Mend);
        if (fields.Get("init_lora_weights") is { } init && !IsPlainStart(init))
            throw fields.Bad("init_lora_weights", $"is {Shown.Text(init.GetRawText())}: such an adapter belongs to changed base weights", "Use an adapter whose start is true, false or gaussian");
        foreach (var field in fields.All)
            if (!Known.Contains(field.Name) && !Harmless.Contains(field.Name) && !IsOff(field.Value))
                throw fields.Bad(field.Name, $"is {Shown.Text(field.Value.GetRawText())}, which is not supported", Mend);

        int rank = fields.Need("r", fields.Int("r", 1, 1 << 16));
        double alpha = fields.Need("lora_alpha", fields.Double("lora_alpha", 1e-9, 1e9));
        if (fields.Bool("use_rslora") == true) alpha *= Math.Sqrt(rank);
        double dropout = fields.Double("lora_dropout", 0, 1) ?? 0;
        if (dropout == 1) throw fields.Bad("lora_dropout", "is 1", "Give a probability below 1");
        return new LoraRecipe(rank, alpha, dropout, Targets(fields, model));
    }

    /// <summary>Writes every setting that PEFT 0.12 knows, in its order, with neutral values beside the recipe's.</summary>
    public static void Write(string path, LoraRecipe recipe, string? baseModelName) => AtomicFile.Write(path, stream =>
    {
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true })) WriteFields(writer, recipe, baseModelName);
        stream.WriteByte((byte)'\n');
    });

    private static void WriteFields(Utf8JsonWriter writer, LoraRecipe recipe, string? baseModelName)
    {
        writer.WriteStartObject();
        WriteEmpty(writer, "alpha_pattern");
        writer.WriteNull("auto_mapping");
        writer.WriteString("base_model_name_or_path", baseModelName ?? "");
        writer.WriteString("bias", "none");
        writer.WriteBoolean("fan_in_fan_out", false);
        writer.WriteBoolean("inference_mode", true);
        writer.WriteBoolean("init_lora_weights", true);
        foreach (var field in (string[])["layer_replication", "layers_pattern", "layers_to_transform"]) writer.WriteNull(field);
        WriteEmpty(writer, "loftq_config");
        if (recipe.Alpha == Math.Floor(recipe.Alpha)) writer.WriteNumber("lora_alpha", (long)recipe.Alpha);
        else writer.WriteFloat("lora_alpha", recipe.Alpha);
        writer.WriteFloat("lora_dropout", recipe.Dropout);
        writer.WriteNull("megatron_config");
        writer.WriteString("megatron_core", "megatron.core");
        writer.WriteNull("modules_to_save");
        writer.WriteString("peft_type", "LORA");
        writer.WriteNumber("r", recipe.Rank);
        WriteEmpty(writer, "rank_pattern");
        writer.WriteNull("revision");
        writer.WriteStartArray("target_modules");
        foreach (var target in recipe.Targets) writer.WriteStringValue(target.Name());
        writer.WriteEndArray();
        writer.WriteString("task_type", "CAUSAL_LM");
        writer.WriteBoolean("use_dora", false);
        writer.WriteBoolean("use_rslora", false);
        writer.WriteEndObject();
    }

    private static void WriteEmpty(Utf8JsonWriter writer, string field)
    {
        writer.WriteStartObject(field);
        writer.WriteEndObject();
    }

    /// <summary>The targets in the order of the computation; PEFT keeps them as a set, whose order means nothing.</summary>
    private static List<LinearLayer> Targets(JsonFields fields, ModelConfig model)
    {
        var value = fields.Get("target_modules") ?? throw fields.Bad("target_modules", "is missing", "List the adapted layers, for example [\"q_proj\", \"v_proj\"]");
        var targets = value.ValueKind == JsonValueKind.String
            ? Matching(fields, fields.String("target_modules")!, model)
            : [.. fields.Strings("target_modules")!.Select(name => Named(fields, name)).Distinct().Order()];
        if (targets.Count == 0) throw fields.Bad("target_modules", "names none of the model's linear layers", "List the adapted layers, for example [\"q_proj\", \"v_proj\"]");
        return targets;
    }

    private static LinearLayer Named(JsonFields fields, string name)
    {
        foreach (var layer in LinearLayers.All)
            if (name == layer.Name() || name == layer.ModulePath())
                return layer;
        throw fields.Bad("target_modules", $"names '{Shown.Text(name)}', expected some of {string.Join(", ", LinearLayers.All.Select(layer => layer.Name()))}", "Use an adapter on these layers only, in every block");
    }

    /// <summary>The layers whose whole path a pattern matches in every block; PEFT's meaning of a string.</summary>
    private static List<LinearLayer> Matching(JsonFields fields, string pattern, ModelConfig model)
    {
        Regex regex;
        try
        {
            regex = new Regex($"^(?:{pattern})\\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw fields.Bad("target_modules", $"is the pattern '{Shown.Text(pattern)}', which cannot be read here", "List the adapted layers instead");
        }
        var targets = new List<LinearLayer>();
        foreach (var layer in LinearLayers.All)
        {
            int matches = Enumerable.Range(0, model.Layers).Count(block => regex.IsMatch($"model.layers.{block}.{layer.ModulePath()}"));
            if (matches == model.Layers) targets.Add(layer);
            else if (matches > 0) throw fields.Bad("target_modules", $"matches {layer.Name()} in {matches} of {model.Layers} blocks, which is not supported", "Use an adapter that sits in every block");
        }
        if (((string[])["lm_head", "model.embed_tokens"]).FirstOrDefault(name => regex.IsMatch(name)) is { } other)
            throw fields.Bad("target_modules", $"matches {other}, which is not supported", "Use an adapter on the blocks' linear layers only");
        return targets;
    }

    private static bool IsPlainStart(JsonElement value) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False || (value.ValueKind == JsonValueKind.String && value.ValueEquals("gaussian"));

    private static bool IsOff(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };
}
