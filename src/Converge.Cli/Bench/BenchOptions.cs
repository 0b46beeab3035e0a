using System.CommandLine;
using Converge.Cli.Options;
using Converge.Engine;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Cli.Bench;

/// <summary>What is measured, and how thoroughly. Options that narrow nothing down mean everything.</summary>
internal sealed class BenchOptions
{
    private static readonly string[] KernelNames = ["forward", "backward-input", "backward-weight", "attention"];
    private static readonly string[] PassNames = ["prefill", "trunk", "lora", "jobs"];

    private readonly Option<IReadOnlyList<string>?> _kernels = Lists.Words("--kernels", "Measure kernels, all or some", KernelNames);
    private readonly Option<IReadOnlyList<string>?> _passes = Lists.Words("--passes", "Measure whole passes, all or some", PassNames);
    private readonly Option<bool> _study = Opt.Switch("--study", "Measure the passes of a whole study: anchor, ICL and tuned states");
    private readonly Option<bool> _peer = Opt.Switch("--peer", "Compare with PyTorch, in turn with ours: prefill and LoRA steps, or the study with --study");
    private readonly Option<IReadOnlyList<BenchShape>?> _shapes = ShapeList.Option("--shapes", "Shapes of models [default: all named ones for kernels, S1,S2 for passes, S1 for the study]");
    private readonly Option<IReadOnlyList<string>?> _weights = Lists.Words("--weights", "Types of weights [default: all for kernels, bf16 for passes]", "f32", "bf16", "f16");
    private readonly Option<IReadOnlyList<string>?> _computes = Lists.Words("--compute", "The arithmetic of linear layers [default: f32]", "f32", "bf16");
    private readonly Option<IReadOnlyList<int>?> _tokens = Lists.Counts("--tokens", "Tokens that linear kernels run on [default: 1,4,16,48,256,1024]");
    private readonly Option<string?> _model = Opt.Text("--model", "DIR", "Run the passes on this checkpoint rather than on generated ones");
    private readonly Option<int?> _threads = Opt.Threads("Threads");
    private readonly Option<int?> _runs = Opt.Count("--runs", "Runs of the study [default: 30]");
    private readonly Option<bool> _quick = Opt.Switch("--quick", "Fewer cases and samples, smaller batches: to see that it works");

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _kernels, _passes, _study, _peer, _shapes, _weights, _computes, _tokens, _model, _threads, _runs, _quick }) command.Add(option);
    }

    /// <summary>The plan that the options ask for.</summary>
    /// <exception cref="BadInputException">Two options do not go together.</exception>
    public BenchPlan Plan(ParseResult arguments)
    {
        bool Given(Option option) => arguments.GetResult(option) is { Implicit: false };
        bool study = arguments.GetValue(_study), peer = arguments.GetValue(_peer), quick = arguments.GetValue(_quick);
        bool everything = !Given(_kernels) && !Given(_passes) && !study && !peer;
        IReadOnlyList<string> kernels = Given(_kernels) ? arguments.GetValue(_kernels) ?? KernelNames : everything ? KernelNames : [];
        IReadOnlyList<string> passes = Given(_passes) ? arguments.GetValue(_passes) ?? PassNames : everything ? PassNames : [];
        var model = arguments.GetValue(_model);
        if (model is not null && Given(_shapes) && kernels.Count == 0) throw new BadInputException("--shapes", "is given beside --model, which has a shape of its own", "Leave one of the two out");
        if (model is not null && peer) throw new BadInputException("--model", "is given beside --peer, whose script makes models of its own", "Leave one of the two out");
        var shapes = arguments.GetValue(_shapes);
        var weights = arguments.GetValue(_weights)?.Select(name => Enum.Parse<ElementType>(name, ignoreCase: true)).ToList();
        var stored = weights?.Where(type => type != ElementType.F16).ToList();
        if (stored is { Count: 0 } && model is null && (passes.Count > 0 || study || peer))
            throw new BadInputException("--weights", "names f16 alone, which generated checkpoints do not have", "Add bf16 or f32, or give a checkpoint with --model");
        return new BenchPlan
        {
            Kernels = kernels,
            Passes = passes,
            Study = study,
            PeerPasses = peer && (!study || Given(_passes)),
            PeerStudy = peer && study,
            KernelShapes = shapes ?? (quick ? [.. BenchShape.Known.Take(1)] : BenchShape.Known),
            PassShapes = shapes ?? (quick ? [.. BenchShape.Known.Take(1)] : [.. BenchShape.Known.Take(2)]),
            StudyShape = shapes?[0] ?? BenchShape.Known[0],
            KernelWeights = weights ?? [ElementType.F32, ElementType.BF16, ElementType.F16],
            PassWeights = stored ?? [ElementType.BF16],
            Computes = Given(_computes) ? [.. (arguments.GetValue(_computes) ?? ["f32", "bf16"]).Select(name => Enum.Parse<ComputeMode>(name, ignoreCase: true))] : [ComputeMode.F32],
            Tokens = arguments.GetValue(_tokens) ?? (quick ? [1, 48] : [1, 4, 16, 48, 256, 1024]),
            Model = model,
            Threads = Opt.ThreadsOf(arguments, _threads),
            StudySize = quick ? StudySize.Small : StudySize.Whole with { Runs = arguments.GetValue(_runs) ?? StudySize.Whole.Runs },
            Quick = quick,
        };
    }
}
