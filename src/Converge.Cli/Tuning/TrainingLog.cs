using Converge.Cli.Inputs;
using Converge.Engine.Tuning;

namespace Converge.Cli.Tuning;

/// <summary><c>training.jsonl</c>: one update a line.</summary>
internal static class TrainingLog
{
    /// <summary>Writes <c>{"step": 1, "loss": ..., "grad_norm": ..., "lr": ..., "tokens": ...}</c> for every update; the loss is the one before it.</summary>
    public static void Write(string path, IReadOnlyList<TuningStep> steps) => JsonLines.Write(path, steps, (line, step) =>
    {
        line.WriteNumber("step", step.Step);
        line.WriteNumber("loss", step.Loss);
        line.WriteNumber("grad_norm", step.GradientNorm);
        line.WriteNumber("lr", step.LearningRate);
        line.WriteNumber("tokens", step.Tokens);
    });
}
