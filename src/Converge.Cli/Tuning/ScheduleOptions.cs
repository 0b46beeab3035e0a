using System.CommandLine;
using Converge.Cli.Options;
using Converge.Engine;
using Converge.Engine.Tuning;

namespace Converge.Cli.Tuning;

/// <summary>The options of <c>tune</c> that make up the optimiser and its schedule.</summary>
internal sealed class ScheduleOptions
{
    private readonly Option<int?> _steps = Opt.Count("--steps", "Updates; give this or --epochs");
    private readonly Option<int?> _epochs = Opt.Count("--epochs", "Passes over the data; give this or --steps");
    private readonly Option<int?> _batchSize = Opt.Count("--batch-size", "Rows per update [default: 1]");
    private readonly Option<double> _learningRate = Opt.Number("--lr", 1e-3, "Learning rate of AdamW, constant");
    private readonly Option<double> _weightDecay = Opt.Number("--weight-decay", 0, "Decoupled weight decay");
    private readonly Option<ulong> _seed = Opt.Seed("--seed", 0, "Seed of the adapter's start and of dropout");

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _steps, _epochs, _batchSize, _learningRate, _weightDecay, _seed }) command.Add(option);
    }

    /// <summary>The seed given.</summary>
    public ulong Seed(ParseResult arguments) => arguments.GetValue(_seed);

    /// <summary>The schedule for a number of rows.</summary>
    /// <exception cref="BadInputException">Not exactly one of steps and epochs is given, or there are too many updates.</exception>
    public TuningRecipe Recipe(ParseResult arguments, int rows)
    {
        int batchSize = arguments.GetValue(_batchSize) ?? 1;
        return new TuningRecipe
        {
            Steps = Steps(arguments, rows, batchSize),
            BatchSize = batchSize,
            LearningRate = arguments.GetValue(_learningRate),
            WeightDecay = arguments.GetValue(_weightDecay),
            Seed = Seed(arguments),
        };
    }

    private int Steps(ParseResult arguments, int rows, int batchSize)
    {
        int? steps = arguments.GetValue(_steps), epochs = arguments.GetValue(_epochs);
        if (steps is null == epochs is null)
            throw new BadInputException("--steps, --epochs", steps is null ? "neither is given" : "both are given", "Give exactly one of the two");
        if (steps is not null) return steps.Value;
        // Divided before it is multiplied, so that a large number of epochs cannot overflow.
        int perEpoch = TuningRecipe.StepsOf(1, rows, batchSize);
        if (epochs > int.MaxValue / perEpoch) throw new BadInputException("--epochs", $"{epochs} passes over {rows} rows are too many updates", "Give fewer");
        return epochs!.Value * perEpoch;
    }
}
