using System.CommandLine;
using System.Text.Json.Nodes;
using Converge.Cli.Display;
using Converge.Cli.Hosting;
using Converge.Cli.Options;
using Converge.Cli.Study;
using Converge.Engine.Model;
using Converge.Studies.Plan;

namespace Converge.Cli.Verbs;

/// <summary><c>converge plan</c>: what a study would run, without touching weights.</summary>
internal sealed class PlanVerb : Verb
{
    private readonly StudyOptions _study = new();
    private readonly Option<int?> _threads = Opt.Threads("Threads to measure the rate with");
    private readonly Option<long?> _memory = Opt.Memory();

    public PlanVerb()
        : base("plan", VerbGroup.Study, "What a study would run: units, tokens, operations, memory, time; touches no weights", """
            converge plan studies/demo.yaml --set models.0.path=models/pocket
            """)
    {
        _study.AddTo(this);
        Add(_threads);
        Add(_memory);
    }

    /// <inheritdoc/>
    public override VerbResult Execute(ParseResult arguments, Invocation invocation)
    {
        var spec = _study.Load(arguments);
        var plan = invocation.Watch("plan", "units", 0, _ => StudyPlan.Create(spec));
        var cost = plan.Cost;
        var memories = plan.Models.Select(model => StudyMemory.Of(plan, model, arguments.GetValue(_memory))).ToList();
        // The slowest model's rate for all of them: a bound is worth more than a guess.
        double rate = plan.Models.Min(model => ComputeRate.Measure(model.Config, spec.Compute, Opt.ThreadsOf(arguments, _threads)));
        foreach (var note in plan.Notes) invocation.Note($"note: {note}");
        invocation.Say($"study {spec.Name}: {string.Join(", ", plan.Models.Select(model => model.Spec.Id))} on {string.Join(", ", spec.Tasks.Select(task => task.Name))}");
        invocation.Say($"  units    {Quantities.Count(cost.Units)}, each {spec.Queries} queries under {3 + spec.References.Count} conditions and one tuning");
        invocation.Say($"  prompts  {Quantities.Count(cost.Prompts)} of {Quantities.Of(cost.PromptTokens, "token")}, {Quantities.Count(cost.SharedPromptTokens)} where shared prefixes count once; {Quantities.Count(cost.AnswerTokens)} more to score answers");
        foreach (var task in spec.Tasks)
            invocation.Say($"  answers  {task.Name}: {(task.Labels is { } labels ? $"{Quantities.Of(labels.Count, "label")}, scored for accuracy" : "a reference text each, scored for its likelihood; no labels, so no accuracy")}");
        if (cost.MeasuringTokens > 0) invocation.Say($"  metrics  {Quantities.Of(cost.MeasuringTokens, "token")} more for the metrics asked for, in passes of their own");
        invocation.Say($"  tuning   {Quantities.Of(cost.TuningSteps, "update")}, {Quantities.Of(cost.TuningTokens, "token")}");
        invocation.Say($"  compute  {cost.Flops:0.00e+0} floating-point operations, {100 * cost.TuningFlops / cost.Flops:0} % of them tuning");
        invocation.Say($"  memory   about {Quantities.Bytes(cost.MemoryBytes)}, weights included");
        foreach (var (model, memory) in plan.Models.Zip(memories))
        {
            invocation.Say($"           {model.Spec.Id}: {MemoryLine.Of(memory, model.Config, spec.Compute)}");
            if (StudyMemory.TuningTokens(plan, model, StudyMemory.WaveTokens(memory, model.Config)) is { Count: > 0 } tokens)
                invocation.Say($"           {model.Spec.Id}: {MemoryLine.Activations(memory, model.Config, spec.Compute, tokens)}");
        }
        invocation.Say($"  disk     {Quantities.Bytes(cost.DiskBytes)}");
        invocation.Say($"  time     at least {Quantities.Time(cost.TimeAt(rate))}, at the {rate / 1e9:0.0} GFLOP/s that a linear layer of this width reaches here");
        var levels = spec.Factors.Count == 0 ? [] : plan.CostOfLevels;
        foreach (var (factor, level, part) in levels)
            invocation.Say($"  level    {(factor == PlannedLevel.Base ? "base" : $"{factor} {level}")}: {Quantities.Of(part.Units, "unit")}, {part.Flops:0.00e+0} floating-point operations, at least {Quantities.Time(part.TimeAt(rate))}");
        return new VerbResult(new JsonObject
        {
            ["levels"] = new JsonArray([.. levels.Select(part => (JsonNode)new JsonObject { ["factor"] = part.Factor, ["level"] = part.Level, ["units"] = part.Cost.Units, ["flops"] = part.Cost.Flops })]),
            ["study"] = spec.Name,
            ["tasks"] = new JsonArray([.. spec.Tasks.Select(task => (JsonNode)new JsonObject { ["name"] = task.Name, ["kind"] = task.Kind.ToString().ToLowerInvariant() })]),
            ["units"] = cost.Units,
            ["prompts"] = cost.Prompts,
            ["prompt_tokens"] = cost.PromptTokens,
            ["shared_prompt_tokens"] = cost.SharedPromptTokens,
            ["answer_tokens"] = cost.AnswerTokens,
            ["measuring_tokens"] = cost.MeasuringTokens,
            ["tuning_steps"] = cost.TuningSteps,
            ["tuning_tokens"] = cost.TuningTokens,
            ["flops"] = cost.Flops,
            ["memory_bytes"] = cost.MemoryBytes,
            ["disk_bytes"] = cost.DiskBytes,
            ["measured_flops_per_second"] = rate,
            ["seconds_at_least"] = cost.TimeAt(rate).TotalSeconds,
        });
    }
}
