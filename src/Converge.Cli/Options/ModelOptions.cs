using System.CommandLine;
using Converge.Engine;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tokenizers;

namespace Converge.Cli.Options;

/// <summary>The options of verbs that run one model: where it is and how to compute.</summary>
internal sealed class ModelOptions
{
    private readonly Option<string> _directory = Opt.Required("--model", "DIR", "A Llama-family checkpoint: config.json and safetensors files");
    private readonly Option<string> _compute = Opt.Choice("--compute", "The arithmetic: f32 is the reference, bf16 rounds what linear layers multiply, f64 is slow and tells rounding from a bug", "f32", "bf16", "f64");
    private readonly Option<int?> _threads = Opt.Threads();
    private readonly Option<long?> _memory = Opt.Memory();

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_directory);
        command.Add(_compute);
        command.Add(_threads);
        command.Add(_memory);
    }

    /// <summary>The folder given.</summary>
    public string Directory(ParseResult arguments) => arguments.GetRequiredValue(_directory);

    /// <summary>Opens the checkpoint.</summary>
    /// <exception cref="BadInputException">It cannot be used, or the arithmetic is not there.</exception>
    public Checkpoint Open(ParseResult arguments)
    {
        return Checkpoint.Open(Directory(arguments));
    }

    /// <summary>The arithmetic asked for.</summary>
    public ComputeMode Mode(ParseResult arguments) => arguments.GetValue(_compute) switch { "f64" => ComputeMode.F64, "bf16" => ComputeMode.BF16, _ => ComputeMode.F32 };

    /// <summary>The number of threads.</summary>
    public int Threads(ParseResult arguments) => Opt.ThreadsOf(arguments, _threads);

    /// <summary>Loads the model of an open checkpoint.</summary>
    /// <exception cref="BadInputException">The memory given is too little for it.</exception>
    public LanguageModel Load(ParseResult arguments, Checkpoint checkpoint) => LlamaModel.Load(checkpoint, Mode(arguments), Threads(arguments), Memory(arguments, checkpoint));

    /// <summary>How much memory the model takes, and for what.</summary>
    /// <exception cref="BadInputException">The memory given is too little for it.</exception>
    public MemoryPlan Memory(ParseResult arguments, Checkpoint checkpoint) => MemoryPlan.Of(checkpoint, arguments.GetValue(_memory));

    /// <summary>The same for tuning all of its weights.</summary>
    /// <exception cref="BadInputException">The memory given, or that of the machine, is too little for it.</exception>
    public MemoryPlan MemoryOfFullTuning(ParseResult arguments, Checkpoint checkpoint) => Memory(arguments, checkpoint).ForFullTuning(checkpoint.Config, Mode(arguments));

    /// <summary>The model's tokenizer, read when first asked for: token ids need none.</summary>
    public Lazy<Tokenizer> Tokenizer(ParseResult arguments) => new(() => Engine.Tokenizers.Tokenizer.Load(Directory(arguments)));
}
