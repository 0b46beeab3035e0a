using System.Text.Json.Serialization;
using Converge.Engine.Model;
using Converge.Engine.Tuning;

namespace Converge.Studies.Spec;

/// <summary>How the model of the IT condition is tuned on a run's demonstrations. The defaults are METHOD's.</summary>
public sealed record TuningSpec
{
    /// <summary>What is trained.</summary>
    public required TuningMethod Method { get; init; }

    /// <summary>The adapter's rank.</summary>
    public required int Rank { get; init; }

    /// <summary>The adapter's alpha; its update is scaled by alpha / rank.</summary>
    public required double Alpha { get; init; }

    /// <summary>The probability with which an element of the adapter's input is dropped in tuning.</summary>
    public required double Dropout { get; init; }

    /// <summary>The linear layers that carry an adapter.</summary>
    public required IReadOnlyList<LinearLayer> Targets { get; init; }

    /// <summary>AdamW's learning rate, constant.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Passes over the demonstrations.</summary>
    public required int Epochs { get; init; }

    /// <summary>Demonstrations an update.</summary>
    public required int BatchSize { get; init; }

    /// <summary>AdamW's decoupled weight decay.</summary>
    public required double WeightDecay { get; init; }

    /// <summary>The tokens that the loss is taken on.</summary>
    public required TuningLoss Loss { get; init; }

    /// <summary>What it is tuned on.</summary>
    public TuningData Data { get; init; }

    /// <summary>The task that lends the tuning rows while the ICL prompt keeps the demonstrations (C4); null: the demonstrations are tuned on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Task { get; init; }

    /// <summary>The adapter's hyper-parameters.</summary>
    [JsonIgnore]
    public LoraRecipe Lora => new(Rank, Alpha, Dropout, Targets);

    /// <summary>The optimiser's recipe for <paramref name="rows"/> demonstrations.</summary>
    /// <param name="rows">The number of tuning rows.</param>
    /// <param name="dropoutSeed">The seed of dropout.</param>
    public TuningRecipe Recipe(int rows, ulong dropoutSeed) => new()
    {
        LearningRate = LearningRate,
        Steps = TuningRecipe.StepsOf(Epochs, rows, BatchSize),
        BatchSize = BatchSize,
        WeightDecay = WeightDecay,
        Seed = dropoutSeed,
    };
}

/// <summary>What is trained.</summary>
public enum TuningMethod
{
    /// <summary>A fresh low-rank adapter for every run (Hu et al., arXiv 2106.09685).</summary>
    Lora,

    /// <summary>All weights of the model.</summary>
    Full,
}

/// <summary>What the model of the IT condition is tuned on.</summary>
public enum TuningData
{
    /// <summary>The demonstrations as they are.</summary>
    Demonstrations,

    /// <summary>The demonstrations with their answers permuted among them (C4).</summary>
    ShuffledAnswers,

    /// <summary>As many random tokens, with the loss on as many of them (C4).</summary>
    RandomTokens,
}

/// <summary>The tokens that the loss of tuning is taken on.</summary>
public enum TuningLoss
{
    /// <summary>The answer's tokens only.</summary>
    Answer,

    /// <summary>Every token but the first.</summary>
    Sequence,
}
