using System.Runtime.InteropServices;
using System.Text.Json;
using Converge.Engine;
using Converge.Engine.Checkpoints;
using Converge.Studies.Conditions;
using Converge.Studies.Plan;
using Converge.Studies.Spec;

namespace Converge.Studies.Run;

/// <summary>
/// Writes what a study keeps for recomputation with other software: <c>prompts.jsonl</c>, <c>adapters/RUN/{init,final}</c> in PEFT's format with
/// <c>adapters/RUN/data.jsonl</c>, and <c>states/RUN.safetensors</c>. RUN is a run's name by <see cref="RunName"/>; a prompt's id is
/// <c>RUN/CONDITION/QUERY</c> with the query's position in its run.
/// </summary>
public static class KeepExport
{
    /// <summary>Writes the exports of a complete study, in place of earlier ones.</summary>
    /// <exception cref="BadInputException">A unit is missing or damaged, or the folder cannot be written.</exception>
    public static void Write(StudyOutput output, CancellationToken cancellation = default)
    {
        var keep = output.Manifest.Study.Keep;
        var names = new RunName([.. output.Manifest.Units.Select(unit => unit.Key)]);
        var bases = output.Manifest.Models.ToDictionary(model => model.Id, model => model.Path);
        if (keep.Contains(KeepKind.Prompts)) WritePrompts(output, names, cancellation);
        if (!keep.Contains(KeepKind.Adapters) && !keep.Contains(KeepKind.States)) return;
        foreach (var unit in output.Units())
        {
            cancellation.ThrowIfCancellationRequested();
            var run = names.Of(unit.Key);
            if (keep.Contains(KeepKind.Adapters) && unit.Method == TuningMethod.Lora) WriteAdapters(output.Folder, run, unit, bases[unit.Key.Model]);
            if (keep.Contains(KeepKind.States)) WriteStates(Path.Combine(output.Folder, "states", $"{run}.safetensors"), run, unit);
        }
    }

    private static void WritePrompts(StudyOutput output, RunName names, CancellationToken cancellation) => AtomicFile.Write(Path.Combine(output.Folder, "prompts.jsonl"), stream =>
    {
        bool adapters = output.Manifest.Study.Keep.Contains(KeepKind.Adapters);
        foreach (var unit in output.Units())
        {
            cancellation.ThrowIfCancellationRequested();
            var (key, run) = (unit.Key, names.Of(unit.Key));
            for (int i = 0; i < unit.Prompts.Count; i++)
            {
                var prompt = unit.Prompts[i];
                var adapter = adapters && prompt.Condition == Condition.It && unit.Method == TuningMethod.Lora ? $"adapters/{run}/final" : null;
                var line = new KeptPrompt(IdOf(run, unit, i), key.Model, key.Task, key.Factor, key.Level, key.Run, prompt.Condition, prompt.Query, prompt.Text, prompt.Tokens, adapter);
                if (unit.Decoded.FirstOrDefault(one => one.Condition == prompt.Condition) is { } decoded) line = line with { Decoded = decoded.Texts[i % unit.Queries.Count] };
                WriteLine(stream, unit.Answers is ReferenceAnswers references
                    ? line with { Target = prompt.Answer, TargetTokens = references.Tokens[i % unit.Queries.Count] }
                    : line with { Label = prompt.Answer });
            }
        }
    });

    private static void WriteAdapters(string folder, string run, UnitRecord unit, string baseModel)
    {
        var place = Path.Combine(folder, "adapters", run);
        var (initial, final) = unit.Adapters ?? throw new BadInputException(folder, $"run {run} was stored without its adapter", "Run the study again; it computes what is missing");
        PeftAdapter.Write(initial, Path.Combine(place, "init"), baseModel);
        PeftAdapter.Write(final, Path.Combine(place, "final"), baseModel);
        AtomicFile.Write(Path.Combine(place, "data.jsonl"), stream =>
        {
            foreach (var row in unit.TuningRows) WriteLine(stream, row);
        });
    }

    private static void WriteStates(string path, string run, UnitRecord unit)
    {
        int post = (unit.Layers + 1) * unit.HiddenSize, norm = unit.HiddenSize;
        var parts = new Dictionary<string, (TensorSpec Spec, ReadOnlyMemory<float> Values)>();
        for (int i = 0; i < unit.Prompts.Count; i++)
        {
            // Prompts stand condition by condition, and a condition's states query by query.
            var states = unit.States[unit.Prompts[i].Condition];
            int query = i % unit.Queries.Count;
            var id = IdOf(run, unit, i);
            parts[$"{id}/resid_post"] = (new TensorSpec($"{id}/resid_post", "F32", unit.Layers + 1, unit.HiddenSize), states.ResidPost.AsMemory(query * post, post));
            parts[$"{id}/final_norm"] = (new TensorSpec($"{id}/final_norm", "F32", unit.HiddenSize), states.FinalNorm.AsMemory(query * norm, norm));
        }
        SafetensorsWriter.Write(path, parts.Values.Select(part => part.Spec), (name, stream) => stream.Write(MemoryMarshal.AsBytes(parts[name].Values.Span)));
    }

    private static string IdOf(string run, UnitRecord unit, int prompt) => $"{run}/{unit.Prompts[prompt].Condition.Name()}/{prompt % unit.Queries.Count}";

    private static void WriteLine<T>(Stream stream, T row)
    {
        JsonSerializer.Serialize(stream, row, StudyJson.Row);
        stream.WriteByte((byte)'\n');
    }

    /// <summary>A line of <c>prompts.jsonl</c>: with the gold label's word, or with the reference and its tokens as they follow the prompt.</summary>
    private sealed record KeptPrompt(
        string Id, string Model, string Task, string Factor, string Level, int Run, Condition Condition, string Query, string Text, int[] Tokens, string? Adapter)
    {
        public string? Label { get; init; }

        public string? Target { get; init; }

        public int[]? TargetTokens { get; init; }

        public string? Decoded { get; init; }
    }
}
