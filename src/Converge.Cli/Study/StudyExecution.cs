using System.Text.Json.Nodes;
using Converge.Cli.Display;
using Converge.Cli.Hosting;
using Converge.Studies.Claims;
using Converge.Studies.Plan;
using Converge.Studies.Run;

namespace Converge.Cli.Study;

/// <summary>Runs a planned study into a folder, reports on it when it is complete, and says what came out.</summary>
/// <param name="Folder">The study's folder.</param>
/// <param name="Options">The part of the units to compute, and how.</param>
internal sealed record StudyExecution(string Folder, RunOptions Options)
{
    /// <summary>Computes what is missing; <paramref name="file"/> and <paramref name="overrides"/> go on record as the command.</summary>
    public VerbResult Run(StudyPlan plan, string file, IReadOnlyList<string> overrides, Invocation invocation)
    {
        foreach (var note in plan.Notes) invocation.Note($"note: {note}");
        invocation.Note($"study {plan.Spec.Name}: {Quantities.Of(plan.Units.Count, "unit")}, {Quantities.Of(plan.Cost.Prompts, "prompt")}, "
            + $"{Quantities.Of(plan.Cost.SharedPromptTokens + plan.Cost.AnswerTokens + plan.Cost.MeasuringTokens + plan.Cost.TuningTokens, "token")} to compute, {Quantities.Bytes(plan.Cost.DiskBytes)} into {Folder}");
        var outcome = Compute(plan, invocation);
        StudyCommand.Write(Folder, file, overrides);
        foreach (var damage in outcome.Damaged) invocation.Note($"note: {damage}");
        invocation.Note($"{outcome.Computed} of {Quantities.Of(outcome.Units, "unit")} computed now, {outcome.Reused} found finished");
        var data = new JsonObject
        {
            ["study"] = plan.Spec.Name,
            ["out"] = Folder,
            ["units"] = outcome.Units,
            ["computed"] = outcome.Computed,
            ["reused"] = outcome.Reused,
            ["missing"] = outcome.Missing,
            ["tokens"] = outcome.Tokens,
        };
        if (!outcome.IsComplete)
        {
            invocation.Say($"{Quantities.Of(outcome.Missing, "unit")} of other shards are missing; when they are there: converge merge {StudyCommand.Quote(Folder)}");
            invocation.Close(new Closing(invocation.Elapsed, outcome.Tokens, [Folder]));
            return new VerbResult(data);
        }
        Finish(StudyOutput.Open(Folder), outcome.Tokens, data, invocation);
        return new VerbResult(data);
    }

    /// <summary>Reports on a study's folder and says what came out.</summary>
    /// <param name="output">The folder.</param>
    /// <param name="tokens">The tokens run now, for the rate.</param>
    /// <param name="data">Takes the headline and the report's place.</param>
    /// <param name="invocation">Where it is said.</param>
    public static void Finish(StudyOutput output, long tokens, JsonObject data, Invocation invocation)
    {
        var results = Reporting.Write(output, invocation);
        foreach (var line in Headline.Lines(results)) invocation.Say(line);
        var claims = ClaimTable.Of(results, StudyDesign.Of(output.Manifest.Study), Reporting.ResultOptionsOf(output.Manifest).Bootstrap);
        ClaimsFile.Write(output.Folder, output.Manifest.Study.Name, claims);
        foreach (var line in ClaimLines.Lines(claims)) invocation.Say(line);
        data["headline"] = Headline.Data(results);
        data["claims"] = ClaimLines.Data(claims);
        data["report"] = Reporting.PageOf(output.Folder);
        invocation.Close(new Closing(invocation.Elapsed, tokens, [Reporting.PageOf(output.Folder), Path.Combine(output.Folder, "tables"), Path.Combine(output.Folder, "figures")]));
    }

    /// <summary>Computes what is missing, without a report.</summary>
    public RunOutcome Compute(StudyPlan plan, Invocation invocation) => invocation.Watch("run", "tokens", 0, counter =>
        StudyRunner.Run(plan, Folder, Options, new Relay(counter), invocation.Cancellation));

    /// <summary>Shows the study's progress; called from the thread that works, at every step, so it does no more than store.</summary>
    private sealed class Relay(ProgressCounter counter) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            counter.Phase = $"{value.UnitsDone} of {value.Units} units, {value.Phase}";
            counter.Total = value.Tokens;
            counter.Report(value.TokensDone);
        }
    }
}
