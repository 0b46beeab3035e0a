using System.Text.Json;
using Converge.Engine.Capture;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tests.Checkpoints;
using Converge.Engine.Tuning;
using Converge.Tests;

namespace Converge.Engine.Tests.Parity;

/// <summary>A real trained checkpoint, whose activations are larger than those of random ones.</summary>
public sealed class TrainedCheckpointTests
{
    [SkippableFact]
    public void States_of_stories260k_agree_with_the_reference()
    {
        string golden = Repository.SharedOrSkip("golden", "stories260k_states.json");
        using var checkpoint = Checkpoint.Open(Repository.SharedOrSkip("models", "stories260k"));
        using var model = Reference.Load<float>(checkpoint);
        int hidden = checkpoint.Config.HiddenSize;
        foreach (var prompt in JsonDocument.Parse(File.ReadAllText(golden)).RootElement.GetProperty("prompts").EnumerateArray())
        {
            string id = prompt.GetProperty("id").GetString()!;
            var (states, _) = model.CaptureExact([new Prompt(id, prompt.GetProperty("tokens").Ints())], new CaptureRequest(), []);
            var layers = prompt.GetProperty("resid").EnumerateArray().Select(Reference.Doubles).ToList();
            Assert.Equal(checkpoint.Config.Layers + 1, layers.Count);
            for (int layer = 0; layer < layers.Count; layer++)
            {
                double error = Reference.RelativeError(states[0].ResidPost.AsSpan(layer * hidden, hidden).ToArray().ToDoubles(), layers[layer]);
                Assert.True(error <= 1e-5, $"{id} layer {layer}: relative error {error:E2}");
            }
            double last = Reference.RelativeError(states[0].FinalNorm.ToDoubles(), prompt.GetProperty("final_norm").Doubles());
            Assert.True(last <= 1e-5, $"{id} final norm: relative error {last:E2}");

            int[] best = prompt.GetProperty("top5").Ints();
            var request = new CaptureRequest { Continuations = [.. Enumerable.Range(0, checkpoint.Config.VocabSize).Select(token => new Continuation(0, [token]))] };
            var (_, scores) = model.CaptureExact([new Prompt(id, prompt.GetProperty("tokens").Ints())], request, []);
            Assert.Equal(best, Enumerable.Range(0, scores.Length).OrderByDescending(token => scores[token]).Take(best.Length));
        }
    }

    [Fact]
    public void An_adapter_written_and_read_back_gives_the_same_states_bit_for_bit()
    {
        using var checkpoint = Reference.Open("tiny_gqa");
        using var model = LlamaModel.Load(checkpoint, ComputeMode.F32, 2);
        var recipe = new LoraRecipe(4, 8, 0, LinearLayers.All);
        var row = new TuningRow([1, 17, 40, 33, 9], 2);
        var tuned = model.Tune([new TuningJob("job", LoraInitialization.Create(recipe, checkpoint.Config, 7), [row], new TuningRecipe { LearningRate = 1e-2, Steps = 3, BatchSize = 1 })])[0];
        using var folder = new TemporaryFolder();
        PeftAdapter.Write(tuned.Final, folder.Path, "tiny_gqa");
        var read = PeftAdapter.Read(folder.Path, checkpoint.Config);
        var states = model.Capture([new Prompt("written", [1, 5, 6], 0), new Prompt("read", [1, 5, 6], 1), new Prompt("base", [1, 5, 6])], new CaptureRequest(), [tuned.Final, read]).Prompts;
        Assert.Equal(states[0].ResidPost, states[1].ResidPost);
        Assert.Equal(states[0].FinalNorm, states[1].FinalNorm);
        Assert.NotEqual(states[0].FinalNorm, states[2].FinalNorm);
    }
}
