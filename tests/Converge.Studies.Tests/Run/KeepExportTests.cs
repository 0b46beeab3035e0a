using System.Text.Json;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Studies.Conditions;
using Converge.Studies.Run;
using Converge.Studies.Tests.Authored;

namespace Converge.Studies.Tests.Run;

public sealed class KeepExportTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    private StudyOutput Run(params string[] overrides)
    {
        var folder = _folder.PathOf("out");
        StudyRunner.Run(_folder.Plan(overrides), folder, new RunOptions { Open = _ => new StudyModel("weights", () => new HashModel()) });
        return StudyOutput.Open(folder);
    }

    [Fact]
    public void Prompts_are_kept_line_by_line_with_the_adapter_of_it()
    {
        var output = Run("keep=[prompts, adapters]");
        var lines = File.ReadAllLines(Path.Combine(output.Folder, "prompts.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var unit = output.Units().ElementAt(2);
        Assert.Equal(5 * 3 * 3, lines.Count);
        var line = lines[2 * 9 + 2 * 3 + 1];
        var prompt = unit.Prompts[7];
        Assert.Equal("2/it/1", line.GetProperty("id").GetString());
        Assert.Equal(("tiny", "words", "base", "base", 2), (line.GetProperty("model").GetString(), line.GetProperty("task").GetString(),
            line.GetProperty("factor").GetString(), line.GetProperty("level").GetString(), line.GetProperty("run").GetInt32()));
        Assert.Equal(("it", prompt.Query, prompt.Text, prompt.Answer), (line.GetProperty("condition").GetString(), line.GetProperty("query").GetString(), line.GetProperty("text").GetString(), line.GetProperty("label").GetString()));
        Assert.Equal(prompt.Tokens, line.GetProperty("tokens").EnumerateArray().Select(token => token.GetInt32()));
        Assert.Equal("adapters/2/final", line.GetProperty("adapter").GetString());
        Assert.All(lines, row => Assert.Equal(row.GetProperty("condition").GetString() == "it", row.TryGetProperty("adapter", out _)));
    }

    [Fact]
    public void Prompts_of_a_task_without_labels_carry_the_reference_and_its_tokens_and_no_label()
    {
        _folder.TranslateToo();
        var output = Run("keep=[prompts]", "runs=2");
        var lines = File.ReadAllLines(Path.Combine(output.Folder, "prompts.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToLookup(line => line.GetProperty("task").GetString());
        Assert.Equal((18, 18), (lines["words"].Count(), lines["lexicon"].Count()));
        Assert.All(lines["words"], line => Assert.True(line.TryGetProperty("label", out _) && !line.TryGetProperty("target", out _) && !line.TryGetProperty("target_tokens", out _)));
        Assert.All(lines["lexicon"], line => Assert.False(line.TryGetProperty("label", out _)));
        var targets = StudyFolder.Unknown.Split('\n').Skip(1).Where(row => row.Length > 0).Select(row => row.Split('\t')).ToDictionary(row => row[0], row => row[1]);
        foreach (var line in lines["lexicon"])
        {
            var english = line.GetProperty("text").GetString()!.Split("In: ")[^1].Split('\n')[0];
            Assert.Equal(targets[english], line.GetProperty("target").GetString());
            Assert.Equal(TinyModel.Bytes(" " + targets[english]), line.GetProperty("target_tokens").EnumerateArray().Select(token => token.GetInt32()));
        }
    }

    [Fact]
    public void Adapters_are_kept_before_and_after_tuning_with_their_data()
    {
        var output = Run("keep=[adapters]");
        var unit = output.Units().ElementAt(4);
        var place = Path.Combine(output.Folder, "adapters", "4");
        var (initial, final) = unit.Adapters!.Value;
        Assert.Equal(initial.Blocks[1][LinearLayer.QProj].A, PeftAdapter.Read(Path.Combine(place, "init"), TinyModel.Config).Blocks[1][LinearLayer.QProj].A);
        Assert.Equal(final.Blocks[0][LinearLayer.VProj].B, PeftAdapter.Read(Path.Combine(place, "final"), TinyModel.Config).Blocks[0][LinearLayer.VProj].B);
        var rows = File.ReadAllLines(Path.Combine(place, "data.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(unit.TuningRows.Select(row => row.LossFrom), rows.Select(row => row.GetProperty("loss_from").GetInt32()));
        Assert.Equal(unit.TuningRows[1].Tokens, rows[1].GetProperty("tokens").EnumerateArray().Select(token => token.GetInt32()));
        Assert.False(File.Exists(Path.Combine(output.Folder, "prompts.jsonl")));
    }

    [Fact]
    public void States_are_kept_under_the_ids_of_their_prompts()
    {
        var output = Run("keep=[states]", $"models.1={{id: other, path: {_folder.PathOf("model")}}}");
        var unit = output.Units().First(unit => unit.Key is { Model: "other", Run: 3 });
        using var file = SafetensorsFile.Open(Path.Combine(output.Folder, "states", "other+3.safetensors"));
        Assert.Equal(2 * 9, file.Tensors.Count);
        Assert.Equal([3, 8], file.Tensors["other+3/icl/2/resid_post"].Shape);
        Assert.Equal([8], file.Tensors["other+3/icl/2/final_norm"].Shape);
        var states = unit.States[Condition.Icl];
        Assert.Equal(states.ResidPost[(2 * 24)..], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(file.Bytes("other+3/icl/2/resid_post")).ToArray());
        Assert.Equal(states.FinalNorm[(2 * 8)..], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(file.Bytes("other+3/icl/2/final_norm")).ToArray());
    }

    [Fact]
    public void Nothing_is_kept_unless_asked_for()
    {
        var output = Run();
        Assert.Equal(["executions", "manifest.json", "units"], Directory.EnumerateFileSystemEntries(output.Folder).Select(Path.GetFileName).Order());
    }

    public void Dispose() => _folder.Dispose();
}
