using System.Numerics;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tuning;
using Converge.Numerics;
using Converge.Tests;

namespace Converge.Engine.Tests.Parity;

/// <summary>Full tuning against PyTorch: losses, gradients and the states afterwards.</summary>
public sealed class FullTuningParityTests
{
    [Theory]
    [InlineData("tiny_mha")]
    [InlineData("tiny_gqa")]
    public void Losses_and_states_in_f32_agree_with_the_reference(string model) => Tune<float>(model, 1e-5, 5e-5);

    [Theory]
    [InlineData("tiny_mha")]
    [InlineData("tiny_gqa")]
    public void Losses_and_states_in_f64_agree_with_the_reference(string model) => Tune<double>(model, 1e-9, 1e-9);

    [Theory]
    [InlineData("tiny_mha")]
    [InlineData("tiny_gqa")]
    public void Losses_and_states_in_bf16_agree_with_the_reference_within_its_rounding(string model) => Tune<float>(model, 1e-3, 2e-2, Products.BFloat16);

    [SkippableTheory]
    [InlineData("tiny_mha")]
    [InlineData("tiny_gqa")]
    public void Gradients_of_every_weight_agree_with_the_reference(string name)
    {
        CheckGradients<double>(name, 1e-9);
        CheckGradients<float>(name, 1e-4);
    }

    private static void Tune<T>(string name, double lossTolerance, double stateTolerance, Products products = Products.Exact) where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var checkpoint = Reference.Open(name);
        using var tuner = Tuner<T>(name, checkpoint, products);
        while (!tuner.IsDone) tuner.Step();
        var golden = Reference.Json(name, "golden_fulltune.json");
        double loss = Reference.RelativeError(tuner.Steps.Select(step => step.Loss), golden.GetProperty("f64").GetProperty("loss_per_step").Doubles());
        Assert.True(loss <= lossTolerance, $"losses: relative error {loss:E2}");
        double norm = Reference.RelativeError(tuner.Steps.Select(step => step.GradientNorm), golden.GetProperty("f64").GetProperty("grad_norm_total_per_step").Doubles());
        Assert.True(norm <= (products == Products.Exact ? 1e-4 : 1e-2), $"gradient norms: relative error {norm:E2}");
        using var tuned = new LlamaModel<T>(checkpoint.Config, tuner.Parameters.Weights, 2, products: products);
        StateComparison.Check(tuned, null, golden.GetProperty("test_prompts"), golden.GetProperty("f64").GetProperty("tests_after"), stateTolerance);
    }

    private static void CheckGradients<T>(string name, double tolerance) where T : unmanaged, IFloatingPointIeee754<T>
    {
        string folder = Repository.SharedOrSkip("golden", name, "full");
        using var checkpoint = Reference.Open(name);
        using var tuner = Tuner<T>(name, checkpoint);
        foreach (int step in new[] { 1, 2 })
        {
            tuner.Step();
            using var expected = SafetensorsFile.Open(Path.Combine(folder, $"grads_step{step}_f64.safetensors"));
            foreach (string tensor in tuner.Gradients.Names)
            {
                var matrix = tuner.Gradients[tensor];
                var view = expected.View(tensor, matrix.Rows, matrix.Columns).AsMatrix<double>();
                double error = Reference.RelativeError(matrix.Span.ToArray().ToDoubles(), Enumerable.Range(0, matrix.Rows).SelectMany(row => view.Row(row).ToArray()));
                Assert.True(error <= tolerance, $"step {step}, {tensor}: relative error {error:E2}");
            }
            Assert.Equal(expected.Tensors.Count, tuner.Gradients.Names.Count);
        }
    }

    private static FullTuner<T> Tuner<T>(string name, Checkpoint checkpoint, Products products = Products.Exact) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var golden = Reference.Json(name, "golden_fulltune.json");
        int from = Array.FindIndex(golden.GetProperty("labels").Ints(), label => label != -100);
        var recipe = new TuningRecipe { LearningRate = 1e-4, Steps = 5, BatchSize = 1 };
        return new FullTuner<T>(checkpoint.Config, checkpoint.Weights, [new TuningRow(golden.GetProperty("input_ids").Ints(), from)], recipe, threads: 2, products: products);
    }
}
