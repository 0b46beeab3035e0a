namespace Converge.Engine.Tuning;

/// <summary>One training sequence.</summary>
/// <param name="Tokens">Token ids, BOS included where the model wants one.</param>
/// <param name="LossFrom">The loss is taken on tokens from this index on; at least 1 and below the length.</param>
public sealed record TuningRow(int[] Tokens, int LossFrom);

/// <summary>The optimiser and its schedule: AdamW (Loshchilov and Hutter, arXiv 1711.05101) at a constant rate, rows in the order given.</summary>
public sealed record TuningRecipe
{
    /// <summary>Learning rate.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>The number of updates.</summary>
    public required int Steps { get; init; }

    /// <summary>Rows per update; step s takes rows s*b .. s*b+b-1 of the endless repetition of the data, an epoch's last batch being cut short.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Decoupled weight decay.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Decay of the first moment.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The seed of dropout.</summary>
    public ulong Seed { get; init; }

    /// <summary>The number of updates that <paramref name="epochs"/> passes over <paramref name="rows"/> rows take.</summary>
    public static int StepsOf(int epochs, int rows, int batchSize) => epochs * ((rows + batchSize - 1) / batchSize);
}

/// <summary>A LoRA tuning: its own adapter on the shared base weights.</summary>
/// <param name="Name">A name for messages.</param>
/// <param name="Initial">The adapter to start from.</param>
/// <param name="Rows">The data; at least one row.</param>
/// <param name="Recipe">The optimiser.</param>
public sealed record TuningJob(string Name, LoraAdapter Initial, IReadOnlyList<TuningRow> Rows, TuningRecipe Recipe);

/// <summary>One update of a tuning.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Loss">The mean cross-entropy over the batch's target tokens, in nats, before the update.</param>
/// <param name="GradientNorm">The Euclidean norm of all gradients together.</param>
/// <param name="LearningRate">The rate of this update.</param>
/// <param name="Tokens">Tokens run through the model in this step.</param>
public sealed record TuningStep(int Step, double Loss, double GradientNorm, double LearningRate, int Tokens);

/// <summary>A finished tuning.</summary>
/// <param name="Final">The adapter after the last update.</param>
/// <param name="Steps">All updates.</param>
public sealed record TuningResult(LoraAdapter Final, IReadOnlyList<TuningStep> Steps);
