using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tuning;
using Converge.Studies.Conditions;
using Converge.Studies.Spec;

namespace Converge.Studies.Run;

/// <summary>The parts of a unit's file that are not tensors, as JSON.</summary>
internal sealed record UnitHeader(
    string Digest, int Layers, int HiddenSize, string Instruction, IReadOnlyList<string> Demonstrations, IReadOnlyList<string> Queries, ScoredAnswers Answers,
    IReadOnlyList<PromptRecord> Prompts, IReadOnlyList<TuningRow> TuningRows, IReadOnlyList<TuningStep> TuningSteps, TuningMethod Method, StatePosition Position,
    LoraRecipe? Adapters, IReadOnlyList<MeasureName>? Measures = null, IReadOnlyList<DirectionsName>? Directions = null, IReadOnlyList<DecodedTexts>? Decoded = null)
{
    public static UnitHeader Of(UnitRecord unit) => new(
        unit.Digest, unit.Layers, unit.HiddenSize, unit.Instruction, unit.Demonstrations, unit.Queries, unit.Answers,
        unit.Prompts, unit.TuningRows, unit.TuningSteps, unit.Method, unit.Position, unit.Adapters?.Initial.Recipe,
        unit.Measures.Count == 0 ? null : [.. unit.Measures.Select(one => new MeasureName(one.Layer, one.Tap, one.Pair, one.Metric))],
        unit.Directions.Count == 0 ? null : [.. unit.Directions.Select(one => new DirectionsName(one.Layer, one.Target, one.Outputs))], unit.Decoded.Count == 0 ? null : unit.Decoded);
}

/// <summary>What one row of the tensor <c>measures</c> [measures, queries] is; a value that is not a number is undefined.</summary>
internal sealed record MeasureName(int? Layer, string Tap, string Pair, string Metric);

/// <summary>Which adapted layer a tensor <c>adapter_directions/LAYER.TARGET</c> [directions, outputs] is of; there is none where the update is zero.</summary>
internal sealed record DirectionsName(int Layer, string Target, int Outputs);

/// <summary>One tensor of a unit's file: its place in the record, in memory.</summary>
/// <param name="Spec">Name, type and shape.</param>
/// <param name="Values">The values: an array of float or of double.</param>
internal sealed record UnitTensor(TensorSpec Spec, Array Values)
{
    /// <summary>The bytes of the values, little-endian.</summary>
    public ReadOnlySpan<byte> Bytes => Values is double[] doubles ? MemoryMarshal.AsBytes(doubles.AsSpan()) : MemoryMarshal.AsBytes(((float[])Values).AsSpan());
}

/// <summary>The tensors of a unit and their checksum.</summary>
internal static class UnitTensors
{
    /// <summary>The tensors of a record, in a fixed order.</summary>
    public static IReadOnlyList<UnitTensor> Of(UnitRecord unit)
    {
        var tensors = new List<UnitTensor>();
        foreach (var (condition, states) in unit.States.OrderBy(entry => entry.Key))
        {
            long queries = unit.Queries.Count;
            tensors.Add(Tensor($"{condition.Name()}/resid_post", states.ResidPost, queries, unit.Layers + 1, unit.HiddenSize));
            tensors.Add(Tensor($"{condition.Name()}/final_norm", states.FinalNorm, queries, unit.HiddenSize));
            tensors.Add(Tensor($"{condition.Name()}/answer_log_probabilities", states.AnswerLogProbabilities, queries, unit.Answers.PerPrompt));
        }
        if (unit.Measures.Count > 0)
            tensors.Add(Tensor("measures", unit.Measures.SelectMany(one => one.Values).Select(value => value ?? double.NaN).ToArray(), unit.Measures.Count, unit.Queries.Count));
        foreach (var one in unit.Directions.Where(one => one.Vectors.Length > 0)) tensors.Add(Tensor(NameOf(one.Layer, one.Target), one.Vectors, one.Vectors.Length / one.Outputs, one.Outputs));
        if (unit.Adapters is { } adapters)
        {
            tensors.AddRange(Adapter("adapter_initial", adapters.Initial));
            tensors.AddRange(Adapter("adapter_final", adapters.Final));
        }
        return tensors;
    }

    /// <summary>A SHA-256 over the header and every tensor's name and bytes, in lower-case hexadecimal.</summary>
    public static string Checksum(string header, IEnumerable<string> names, Func<string, ReadOnlySpan<byte>> bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(header));
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(bytes(name));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The name of one matrix of an adapter.</summary>
    public static string AdapterName(string adapter, int block, LinearLayer target, char matrix) => $"{adapter}/layers.{block}.{target.ModulePath()}.lora_{matrix}";

    /// <summary>The name of the directions of one adapted layer.</summary>
    public static string NameOf(int layer, string target) => $"adapter_directions/{layer}.{target}";

    private static IEnumerable<UnitTensor> Adapter(string name, LoraAdapter adapter)
    {
        long rank = adapter.Recipe.Rank;
        for (int block = 0; block < adapter.Blocks.Count; block++)
        {
            foreach (var target in adapter.Recipe.Targets)
            {
                var (a, b) = adapter.Blocks[block][target];
                yield return Tensor(AdapterName(name, block, target, 'A'), a, rank, a.Length / rank);
                yield return Tensor(AdapterName(name, block, target, 'B'), b, b.Length / rank, rank);
            }
        }
    }

    private static UnitTensor Tensor(string name, Array values, params long[] shape) => new(new TensorSpec(name, values is double[]? "F64" : "F32", shape), values);
}
