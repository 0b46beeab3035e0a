using Converge.Engine.Model;
using Converge.Studies.Tasks;

namespace Converge.Studies.Spec;

/// <summary>
/// Reads what a factor may vary: at the top of a study with METHOD's values for what is left out, in a level with the study's. The tags say
/// where a default comes from, as in METHOD.
/// </summary>
/// <param name="lenders">The names of all tasks that may lend demonstrations.</param>
internal sealed class SettingsReader(IReadOnlyList<string> lenders)
{
    /// <summary>METHOD's values.</summary>
    public static UnitSettings Defaults { get; } = new()
    {
        Demonstrations = new DemonstrationSpec(
            1, // [assumed]
            false), // [assumed]: a plain draw
        Context = ContextSource.Demonstrations, // [known]
        Instruction = InstructionChoice.Drawn, // [assumed]
        Templates = new Dictionary<string, PromptTemplate>(),
        Tuning = new TuningSpec
        {
            Method = TuningMethod.Lora, // [known]
            Rank = 8, // [assumed]
            Alpha = 32, // [assumed]
            Dropout = 0.05, // [assumed]
            Targets = [LinearLayer.QProj, LinearLayer.VProj], // [known]
            LearningRate = 1e-4, // [assumed]
            Epochs = 10, // [assumed]
            BatchSize = 1, // [ours]: every demonstration is a step, as with the paper's k = 1 [assumed]
            WeightDecay = 0, // [ours]
            Loss = TuningLoss.Answer, // [assumed]
        },
        Position = StatePosition.Last, // [known]
    };

    /// <summary>Reads a level's, or the study's own, settings.</summary>
    /// <param name="reader">The mapping that holds the keys.</param>
    /// <param name="fallback">The values of keys that are left out.</param>
    public UnitSettings Read(SpecReader reader, UnitSettings fallback) => fallback with
    {
        Demonstrations = Demonstrations(reader.Map("demonstrations", optional: true), fallback.Demonstrations),
        Context = reader.Choice("context", fallback.Context, SpecWords.Of<ContextSource>()),
        Instruction = reader.Choice("instruction", fallback.Instruction, SpecWords.Of<InstructionChoice>()),
        Tuning = Tuning(reader.Map("tuning", optional: true), fallback.Tuning),
        Position = reader.Choice("position", fallback.Position, SpecWords.Of<StatePosition>()),
    };

    private DemonstrationSpec Demonstrations(SpecReader? reader, DemonstrationSpec fallback)
    {
        if (reader is null) return fallback;
        var read = new DemonstrationSpec(reader.Int("count", fallback.Count, 1), reader.Bool("balance", fallback.Balance))
        {
            Task = Lender(reader, "task", fallback.Task),
            Selection = reader.Choice("selection", fallback.Selection, SpecWords.Of<DemonstrationSelection>()),
            Embedding = reader.Choice("embedding", fallback.Embedding, SpecWords.Of<TextEmbedding>()),
            Labels = reader.Choice("labels", fallback.Labels, SpecWords.Of<AnswerSource>()),
            WrongFraction = reader.Number("wrong_fraction", fallback.WrongFraction, share => share is >= 0 and <= 1, "from 0 to 1"),
            Order = reader.Int("order", fallback.Order, 0),
            Content = reader.Choice("content", fallback.Content, SpecWords.Of<DemonstrationContent>()),
            InputsFrom = Lender(reader, "inputs_from", fallback.InputsFrom),
        };
        if (reader.Has("wrong_fraction") && read.Labels != AnswerSource.Wrong) reader.Problem("wrong_fraction", "is given, but labels are not wrong ones", "Set 'labels: wrong' beside it");
        if (reader.Has("embedding") && read.Selection == DemonstrationSelection.Random) reader.Problem("embedding", "is given, but demonstrations are drawn by lot", "Set 'selection: nearest' or 'selection: farthest' beside it");
        if (read.Content == DemonstrationContent.OtherInputs && read.InputsFrom is null) reader.Problem("content", "takes other inputs, and no task is named that lends them", "Add a line 'inputs_from: ...' with the name of a task");
        if (read.Content != DemonstrationContent.OtherInputs && reader.Has("inputs_from")) reader.Problem("inputs_from", "is given, but inputs are not exchanged", "Set 'content: other_inputs' beside it");
        if (read.Order > 0 && read.Order >= Orders(read.Count)) reader.Problem("order", $"{read.Order} is asked for, but {read.Count} demonstrations have only {Orders(read.Count) - 1} orders beside the one they are drawn in", "Lower it, or raise 'count'");
        reader.Close();
        return read;
    }

    private TuningSpec Tuning(SpecReader? reader, TuningSpec fallback)
    {
        if (reader is null) return fallback;
        var tuning = new TuningSpec
        {
            Method = reader.Choice("method", fallback.Method, SpecWords.Of<TuningMethod>()),
            Rank = reader.Int("rank", fallback.Rank, 1),
            Alpha = reader.Number("alpha", fallback.Alpha, alpha => alpha > 0, "above 0"),
            Dropout = reader.Number("dropout", fallback.Dropout, dropout => dropout is >= 0 and < 1, "from 0 to below 1"),
            Targets = reader.Choices("targets", fallback.Targets, SpecWords.Of<LinearLayer>(), mayBeEmpty: false),
            LearningRate = reader.Number("learning_rate", fallback.LearningRate, rate => rate > 0, "above 0"),
            Epochs = reader.Int("epochs", fallback.Epochs, 1),
            BatchSize = reader.Int("batch_size", fallback.BatchSize, 1),
            WeightDecay = reader.Number("weight_decay", fallback.WeightDecay, decay => decay >= 0, "from 0"),
            Loss = reader.Choice("loss", fallback.Loss, SpecWords.Of<TuningLoss>()),
            Data = reader.Choice("data", fallback.Data, SpecWords.Of<TuningData>()),
            Task = Lender(reader, "task", fallback.Task),
        };
        reader.Close();
        return tuning;
    }

    private string? Lender(SpecReader reader, string key, string? fallback)
    {
        if (!reader.Has(key)) return fallback;
        var name = reader.Text(key);
        if (!lenders.Contains(name)) reader.Problem(key, $"knows no task '{OneLine.Of(name)}'{Spelling.Hint(name, lenders)}", "Name one under 'tasks' or 'other_tasks'");
        return name;
    }

    // The factorial, as far as it matters.
    private static int Orders(int count)
    {
        int orders = 1;
        for (int i = 2; i <= count && orders < 1_000_000; i++) orders *= i;
        return orders;
    }
}
