using System.Text.Json;
using Converge.Engine.Model;

namespace Converge.Engine.Checkpoints;

/// <summary>
/// The rotary part of a <c>config.json</c>: <c>rope_theta</c> and <c>rope_scaling</c>, or <c>rope_parameters</c>, which newer versions
/// of the transformers library write in their place.
/// </summary>
internal static class RopeScalingJson
{
    /// <summary>What transformers takes for <c>rope_theta</c> where a file of one of our architectures does not give it.</summary>
    private const double DefaultTheta = 10000;

    private const string Supported = "Use a checkpoint whose rope type is default, linear or llama3";

    /// <summary>The base of the rotary frequencies and their scaling.</summary>
    /// <exception cref="BadInputException">A value is out of range, or the rope type is not supported.</exception>
    public static (double Theta, RopeScaling Scaling) Read(JsonFields config)
    {
        double? theta = Theta(config);
        if (config.Object("rope_parameters") is not { } parameters)
            return (theta ?? DefaultTheta, config.Object("rope_scaling") is { } scaling ? Scaling(scaling) : RopeScaling.None);

        if (config.Get("rope_scaling") is not null)
            throw config.Bad("rope_scaling", "stands beside rope_parameters", "Keep one of the two");
        if (parameters.All.Any(field => field.Value.ValueKind == JsonValueKind.Object))
            throw config.Bad("rope_parameters", "differs between kinds of layers, which is not supported", "Use a checkpoint with one rope for all layers");
        double? inner = Theta(parameters);
        if (theta is not null && inner is not null && theta != inner)
            throw config.Bad("rope_theta", $"is {theta:R}, but rope_parameters.rope_theta is {inner:R}", "Keep one of the two");
        CheckFullRotation(parameters);
        return (inner ?? theta ?? DefaultTheta, Scaling(parameters));
    }

    /// <summary>Refuses a rotation of only a part of each head.</summary>
    public static void CheckFullRotation(JsonFields fields)
    {
        if (fields.Double("partial_rotary_factor", 0, 1) is { } part && part != 1)
            throw fields.Bad("partial_rotary_factor", $"is {part:R}, which is not supported", "Use a checkpoint whose heads are rotated whole");
    }

    /// <summary>Writes <c>rope_theta</c> and <c>rope_scaling</c>, in the form that old and new versions of transformers read.</summary>
    public static void Write(Utf8JsonWriter writer, ModelConfig config)
    {
        writer.WriteFloat("rope_theta", config.RopeTheta);
        var scaling = config.RopeScaling;
        if (scaling.Kind == RopeScalingKind.None)
        {
            writer.WriteNull("rope_scaling");
            return;
        }
        writer.WriteStartObject("rope_scaling");
        writer.WriteFloat("factor", scaling.Factor);
        if (scaling.Kind == RopeScalingKind.Linear)
        {
            // Versions before 4.43 know this name of the field only.
            writer.WriteString("type", "linear");
            writer.WriteString("rope_type", "linear");
        }
        else
        {
            writer.WriteFloat("high_freq_factor", scaling.HighFrequencyFactor);
            writer.WriteFloat("low_freq_factor", scaling.LowFrequencyFactor);
            writer.WriteNumber("original_max_position_embeddings", scaling.OriginalMaxPositions);
            writer.WriteString("rope_type", "llama3");
        }
        writer.WriteEndObject();
    }

    private static double? Theta(JsonFields fields) => fields.Double("rope_theta", 1, 1e15);

    private static RopeScaling Scaling(JsonFields fields)
    {
        var (newName, oldName) = (fields.String("rope_type"), fields.String("type"));
        if (newName is not null && oldName is not null && newName != oldName)
            throw fields.Bad("rope_type", $"is '{Shown.Text(newName)}', but type is '{Shown.Text(oldName)}'", "Keep one of the two");
        switch (newName ?? oldName)
        {
            case null:
                throw fields.Bad("rope_type", "is missing", Supported);
            case "default":
                return RopeScaling.None;
            case "linear":
                return RopeScaling.Linear(Factor(fields, "factor", 1));
            case "llama3":
                var llama3 = new RopeScaling(
                    RopeScalingKind.Llama3, Factor(fields, "factor", 1), Factor(fields, "low_freq_factor", 1e-3), Factor(fields, "high_freq_factor", 1e-3),
                    fields.Need("original_max_position_embeddings", fields.Int("original_max_position_embeddings", 1, ConfigJson.MostPositions)));
                if (llama3.HighFrequencyFactor <= llama3.LowFrequencyFactor)
                    throw fields.Bad("high_freq_factor", $"is {llama3.HighFrequencyFactor:R}, expected more than low_freq_factor ({llama3.LowFrequencyFactor:R})", "Correct the value");
                return llama3;
            case var other:
                throw fields.Bad("rope_type", $"is '{Shown.Text(other)}', which is not supported", Supported);
        }
    }

    private static double Factor(JsonFields fields, string field, double least) => fields.Need(field, fields.Double(field, least, 1e6));
}
