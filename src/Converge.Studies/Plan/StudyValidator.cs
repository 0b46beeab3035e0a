using Converge.Engine;
using Converge.Studies.Conditions;
using Converge.Studies.Demonstrations;
using Converge.Studies.Spec;
using Converge.Studies.Tasks;

namespace Converge.Studies.Plan;

/// <summary>Looks for everything that could spoil a study before anything is computed; reads no weights.</summary>
public static class StudyValidator
{
    /// <summary>Validates a study file with its overrides; every mistake in the files is a finding.</summary>
    public static ValidationResult Check(string path, IEnumerable<string>? overrides = null) =>
        StudySpec.Load(path, overrides ?? [], out var problems) is { } spec ? Check(spec) : new ValidationResult([.. problems.Select(Finding.Of)], [], null);

    /// <summary>Validates a study: files, data, draws, answer tokens, BOS, lengths, templates rendered on real rows, demonstration leaks.</summary>
    public static ValidationResult Check(StudySpec spec)
    {
        var findings = new List<Finding>();
        var rendered = new List<RenderedPrompt>();
        var models = spec.Models.Select(model => Try(findings, () => PlannedModel.Load(model))).OfType<PlannedModel>().ToList();
        var data = new Dictionary<string, TaskData>();
        foreach (var task in spec.Tasks.Concat(spec.OtherTasks))
        {
            CheckTemplate(task, findings);
            if (Try(findings, () => TaskData.Load(task)) is not { } loaded) continue;
            data.Add(task.Name, loaded);
            findings.AddRange(loaded.Notes.Select(note => new Finding(Severity.Note, $"task '{task.Name}'", note, "")));
        }
        var draws = new StudyDraws(spec, data);
        foreach (var task in spec.Tasks.Where(task => data.ContainsKey(task.Name)))
        {
            if (Try(findings, () => Enumerable.Range(0, spec.Runs).Select(run => draws.Run(task, run)).ToList()) is not { } runs) continue;
            CheckDraws(spec, task, data[task.Name], runs, findings);
            foreach (var model in models) CheckLevels(spec, model, task, draws, data, findings, rendered);
        }
        CheckCoverage(spec, findings);
        bool valid = findings.All(finding => finding.Severity != Severity.Error);
        return new ValidationResult([.. findings.OrderBy(finding => finding.Severity)], rendered, valid ? Try(findings, () => StudyPlan.Create(spec)) : null);
    }

    private static void CheckTemplate(TaskSpec task, List<Finding> findings)
    {
        var where = $"template of task '{task.Name}'";
        if (task.Template.Query.EndsWith(' ') || task.Template.Query.EndsWith('\t'))
            findings.Add(new Finding(Severity.Warning, where, "'query' ends in a blank, and most tokenizers join a blank to the word that follows it", "Move the blank to the beginning of 'answer'"));
        if (!task.Template.InstructionInIcl)
            findings.Add(new Finding(Severity.Note, where, "the ICL prompt has no instruction, so ICL differs from the anchor in that too", ""));
    }

    private static void CheckDraws(StudySpec spec, TaskSpec task, TaskData data, List<RunDraw> draws, List<Finding> findings)
    {
        var where = $"task '{task.Name}'";
        var shown = data.Demonstrations.Select(example => example.NormalisedText).ToHashSet(StringComparer.Ordinal);
        int both = data.Queries.Count(example => shown.Contains(example.NormalisedText));
        if (both > 0)
            findings.Add(new Finding(Severity.Note, where, $"{both} of {data.Queries.Count} queries say the same as a demonstration of the pool; the two never meet in a run", ""));
        if (task.Labels is null)
        {
            findings.Add(new Finding(Severity.Note, where, "its answers are texts of their own, not labels: the likelihood of the reference is measured, and there is neither accuracy nor agreement of labels", ""));
            if (spec.Base.Demonstrations.Balance) findings.Add(new Finding(Severity.Note, where, "has no labels, so 'demonstrations.balance' does not concern it", ""));
            return;
        }
        int oneLabel = draws.Count(draw => draw.Demonstrations.Count > 1 && draw.Demonstrations.All(example => example.Label == draw.Demonstrations[0].Label));
        if (oneLabel > 0)
            findings.Add(new Finding(Severity.Note, where, $"in {oneLabel} of {draws.Count} runs all demonstrations have one label, as a plain draw brings about; 'demonstrations.balance: true' prevents it", ""));
    }

    // A factor that no task or model meets is a slip of the pen.
    private static void CheckCoverage(StudySpec spec, List<Finding> findings)
    {
        foreach (var factor in spec.Factors)
            foreach (var level in factor.Levels.Where(level => !spec.Models.Any(model => spec.Tasks.Any(task => factor.Covers(level, model.Id, task.Name)))))
                findings.Add(new Finding(Severity.Warning, $"factor {factor.Id}, level {level.Id}", "is run on no model and task: it borrows from the only task that it is varied on", "Add another task, or take another lender"));
    }

    private static void CheckLevels(
        StudySpec spec, PlannedModel model, TaskSpec task, StudyDraws draws, Dictionary<string, TaskData> data, List<Finding> findings, List<RenderedPrompt> rendered)
    {
        if (!model.Tokenizer.AddsBos)
            findings.Add(new Finding(Severity.Note, $"task '{task.Name}' on model '{model.Spec.Id}'", "the tokenizer puts no BOS token in front of prompts", ""));
        var texts = ModelTexts.For(model, spec);
        foreach (var level in PlannedLevel.Of(spec, model.Spec.Id, task.Name))
        {
            string?[] lenders = [level.Settings.Demonstrations.Task, level.Settings.Demonstrations.InputsFrom, level.Settings.Tuning.Task];
            // The data of a lender that could not be read are a finding already.
            if (lenders.OfType<string>().All(data.ContainsKey)) CheckUnits(spec, level, model, texts, task, draws, findings, rendered);
        }
    }

    private static void CheckUnits(
        StudySpec spec, PlannedLevel level, PlannedModel model, ModelTexts texts, TaskSpec task, StudyDraws draws, List<Finding> findings, List<RenderedPrompt> rendered)
    {
        var where = $"task '{task.Name}' on model '{model.Spec.Id}'{level.InWords}";
        for (int run = 0; run < spec.Runs; run++)
        {
            int number = run;
            // One refusal says enough: the next runs would mostly repeat it.
            if (Try(findings, () => Planned(number)) is not { } planned) return;
            if (Leak(planned.Draw) is { } leak) findings.Add(new Finding(Severity.Error, where, $"in run {run} the query '{OneLine.Of(leak)}' stands among the demonstrations", "This is a fault of the program; please report it"));
            if (run == 0) Render(model, task, level, planned.Unit, findings, rendered, where);
        }

        Planning Planned(int run)
        {
            var draw = draws.Of(level.Settings, task, run, texts);
            return new Planning(draw, StudyPlan.Unit(spec, level, model, task, draw, run));
        }
    }

    private sealed record Planning(UnitDraw Draw, PlannedUnit Unit);

    /// <summary>The id of a query that is shown or tuned on, or null: looked for apart from the draw, which should have passed it over.</summary>
    private static string? Leak(UnitDraw draw)
    {
        var shown = draw.Demonstrations.Concat(draw.Others ?? []).Concat(draw.Reordered ?? []).Concat(draw.Tuned).ToList();
        var ids = shown.Select(demonstration => demonstration.Example.Id).ToHashSet(StringComparer.Ordinal);
        var texts = shown.SelectMany(demonstration => new[] { demonstration.Example.NormalisedText, Example.Normalise(demonstration.Input) }).ToHashSet(StringComparer.Ordinal);
        return draw.Queries.FirstOrDefault(query => ids.Contains(query.Id) || texts.Contains(query.NormalisedText))?.Id;
    }

    private static void Render(PlannedModel model, TaskSpec task, PlannedLevel level, PlannedUnit unit, List<Finding> findings, List<RenderedPrompt> rendered, string where)
    {
        IReadOnlyList<string> Pieces(int[] tokens) => [.. tokens.Select(model.Tokenizer.Piece)];
        var suffix = level.InWords;
        foreach (var condition in unit.Content.Conditions.Where(condition => condition != Condition.It))
        {
            var prompt = unit.Content.Prompts.First(prompt => prompt.Condition == condition);
            rendered.Add(new RenderedPrompt(model.Spec.Id, task.Name, condition.Name() + suffix, prompt.Text, Pieces(prompt.Tokens)));
        }
        var row = unit.Content.TuningRows[0];
        rendered.Add(new RenderedPrompt(model.Spec.Id, task.Name, "tuning row" + suffix, model.Tokenizer.Decode(row.Tokens), Pieces(row.Tokens)));
        if (level.Factor != PlannedLevel.Base) return;
        string Scored(string text, int[] tokens) => $"'{OneLine.Of(text)}' {AnswerTokens.Show(model.Tokenizer, tokens)}";
        if (unit.Content.Answers is ReferenceAnswers references)
            findings.Add(new Finding(Severity.Note, where, $"references are scored as whole answers, the first as {Scored(references.Texts[0], references.Tokens[0])}", ""));
        if (unit.Content.Answers is not LabelAnswers labels) return;
        findings.Add(new Finding(Severity.Note, where, $"labels are scored as {string.Join(", ", labels.Words.Zip(labels.Tokens, Scored))}", ""));
        if (labels.Tokens.Select(tokens => tokens.Length).Distinct().Count() > 1)
            findings.Add(new Finding(Severity.Warning, where, "labels have different numbers of tokens, so that the longer one starts with lower probability", "Prefer label words of equal length in tokens where the language has them"));
    }

    private static T? Try<T>(List<Finding> findings, Func<T> action) where T : class
    {
        try
        {
            return action();
        }
        catch (BadInputException refusal)
        {
            findings.Add(Finding.Of(refusal));
            return null;
        }
    }
}
