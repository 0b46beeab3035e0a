using System.Numerics;
using System.Text.Json;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tests.Checkpoints;
using Converge.Engine.Tuning;
using Converge.Numerics;

namespace Converge.Engine.Tests.Parity;

/// <summary>LoRA tuning against PEFT: losses, gradients and the states afterwards.</summary>
public sealed class LoraParityTests
{
    public static TheoryData<string, string> Cases => new() { { "tiny_mha", "qv" }, { "tiny_mha", "all" }, { "tiny_gqa", "qv" }, { "tiny_gqa", "all" } };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Losses_and_states_in_f32_agree_with_the_reference(string model, string targets) => Tune<float>(model, targets, 1e-5, 5e-5);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Losses_and_states_in_f64_agree_with_the_reference(string model, string targets) => Tune<double>(model, targets, 1e-9, 1e-6);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Losses_and_states_in_bf16_agree_with_the_reference_within_its_rounding(string model, string targets) => Tune<float>(model, targets, 1e-3, 2e-2, Products.BFloat16);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_in_f32_agree_with_the_reference(string model, string targets) => Gradients<float>(model, targets, 1e-5);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_in_f64_agree_with_the_reference(string model, string targets) => Gradients<double>(model, targets, 1e-12);

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_references_final_adapter_gives_the_references_states(string name, string targets)
    {
        using var checkpoint = Reference.Open(name);
        using var model = Reference.Load<float>(checkpoint);
        StateComparison.Check(model, PeftAdapter.Read(Golden.PathOf(name, $"lora_{targets}", "final"), checkpoint.Config), Prompts(name), After(name, targets), 5e-5);
    }

    private static void Tune<T>(string name, string targets, double lossTolerance, double stateTolerance, Products products = Products.Exact) where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var checkpoint = Reference.Open(name);
        using var model = Reference.Load<T>(checkpoint, products);
        var initial = PeftAdapter.Read(Golden.PathOf(name, $"lora_{targets}", "init"), checkpoint.Config);
        var recipe = new TuningRecipe { LearningRate = 1e-3, Steps = 10, BatchSize = 1 };
        var result = Assert.Single(model.Tune([new TuningJob("golden", initial, [Row(name)], recipe)]));
        var expected = Case(name, targets).GetProperty("f64");
        double loss = Reference.RelativeError(result.Steps.Select(step => step.Loss), expected.GetProperty("loss_per_step").Doubles());
        Assert.True(loss <= lossTolerance, $"losses: relative error {loss:E2}");
        double norm = Reference.RelativeError(result.Steps.Select(step => step.GradientNorm), expected.GetProperty("grad_norm_total_per_step").Doubles());
        Assert.True(norm <= (products == Products.Exact ? 1e-4 : 1e-2), $"gradient norms: relative error {norm:E2}");
        StateComparison.Check(model, result.Final, Prompts(name), After(name, targets), stateTolerance);
    }

    private static void Gradients<T>(string name, string targets, double tolerance) where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var checkpoint = Reference.Open(name);
        using var rotary = new Rotary<T>(RotaryFrequencies.Of(checkpoint.Config), checkpoint.Config.MaxPositions);
        using var pool = new WorkPool(2);
        using var pass = new TuningPass<T>(checkpoint.Config, checkpoint.Weights, rotary, pool);
        var initial = PeftAdapter.Read(Golden.PathOf(name, $"lora_{targets}", "init"), checkpoint.Config);
        using var job = new RunningJob<T>(new TuningJob("golden", initial, [Row(name)], new TuningRecipe { LearningRate = 1e-3, Steps = 2, BatchSize = 1 }), checkpoint.Config);
        foreach (int step in new[] { 1, 2 })
        {
            job.Begin();
            var forest = PromptForest.Of([(Row(name).Tokens, 0)], share: false);
            var owned = new OwnedTargets(forest, [Row(name)], [0]);
            pass.Run(new Batch<T>(forest, [job.Parameters]), owned.Targets, new Gradients<T>([job.Gradients], null), step == 2 ? 1 : checkpoint.Config.Layers, owned.Losses);
            owned.TakeMeans();
            using var expected = SafetensorsFile.Open(Golden.PathOf(name, $"lora_{targets}", $"grads_step{step}_f64.safetensors"));
            int compared = 0;
            for (int layer = 0; layer < checkpoint.Config.Layers; layer++)
                foreach (var target in LinearLayers.All)
                {
                    if (job.Gradients[layer, target] is not { } pair) continue;
                    foreach (var (matrix, letter) in new[] { (pair.A, "A"), (pair.B, "B") })
                    {
                        string suffix = $"layers.{layer}.{target.ModulePath()}.lora_{letter}.weight", key = expected.Tensors.Keys.Single(tensor => tensor.EndsWith(suffix, StringComparison.Ordinal));
                        var view = expected.View(key, matrix.Rows, matrix.Columns).AsMatrix<double>();
                        double error = Reference.RelativeError(matrix.Span.ToArray().ToDoubles(), Enumerable.Range(0, matrix.Rows).SelectMany(row => view.Row(row).ToArray()));
                        Assert.True(error <= tolerance, $"step {step}, {key}: relative error {error:E2}");
                        // Go on from the reference's gradients: the first update is the rate times g / (|g| + epsilon), so that where g is near zero (1.4e-7 beside
                        // 7e-2 in one tensor) float32's rounding of it would decide the next step.
                        for (int i = 0; i < matrix.Span.Length; i++) matrix.Span[i] = T.CreateTruncating(view.Row(i / matrix.Columns)[i % matrix.Columns]);
                        compared++;
                    }
                }
            Assert.Equal(expected.Tensors.Count, compared);
            job.Update(owned.Means[0], forest.Tokens.Length);
        }
    }

    private static JsonElement Case(string name, string targets) => Reference.Json(name, "golden_lora.json").GetProperty("cases").GetProperty(targets);

    private static JsonElement Prompts(string name) => Reference.Json(name, "golden_lora.json").GetProperty("test_prompts");

    private static JsonElement After(string name, string targets) => Case(name, targets).GetProperty("f64").GetProperty("tests_after");

    private static TuningRow Row(string name)
    {
        var root = Reference.Json(name, "golden_lora.json");
        int[] labels = root.GetProperty("labels").Ints();
        return new TuningRow(root.GetProperty("input_ids").Ints(), Array.FindIndex(labels, label => label != -100));
    }
}
