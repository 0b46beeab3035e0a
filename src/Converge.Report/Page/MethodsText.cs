using System.Globalization;
using Converge.Engine.Model;
using Converge.Report.Markup;
using Converge.Studies.Claims;
using Converge.Studies.Spec;
using Converge.Studies.Statistics;
using Converge.Studies.Tasks;

namespace Converge.Report.Page;

/// <summary>The methods of a study as plain text, to be pasted into a paper.</summary>
internal static class MethodsText
{
    private const string Reference = "Duan, Tang, Yang, Abbasi, Tam: Exploring the Relationship between In-Context Learning and Instruction Tuning. arXiv:2311.10367, 2023; Findings of EMNLP 2024, pp. 3197-3210.";

    /// <summary>The paragraphs, with an empty line between them.</summary>
    public static string Of(ReportContent report, StudySpec study)
    {
        string?[] paragraphs =
        [
            $"We asked whether in-context learning (ICL) and instruction tuning (IT) leave a language model in the same hidden state, as Duan et al. (2023) did. {Models(report, study)} {Tasks(study)}",
            $"{Draws(report, study)} {Prompts(study)} {Tuning(study)}",
            $"{States(study)} {Measures(report, study)} {Controls(report)}",
            Factors(study),
            $"{Statistics(report)} {Software(report, study)}",
            Standing(study),
            "Reference: " + Reference,
        ];
        return string.Join("\n\n", paragraphs.OfType<string>());
    }

    private static string Models(ReportContent report, StudySpec study)
    {
        string Shape(ModelSpec model)
        {
            var shown = report.Groups.FirstOrDefault(group => group.View.Group.Group.Model == model.Id)?.View.Group;
            var size = report.Options.Parameters.TryGetValue(model.Id, out long parameters) ? $", {Count(parameters)} parameters" : "";
            return shown is null ? model.Id : $"{model.Id} ({shown.Layers} layers of width {Count(shown.HiddenSize)}{size}{(model.UntrainedCopyOf is { } copied ? $", the architecture of {copied} with random weights" : "")})";
        }
        return $"{(study.Models.Count == 1 ? "The model was" : "The models were")} {Names.List([.. study.Models.Select(Shape)])}.";
    }

    private static string Tasks(StudySpec study)
    {
        static string Words(TaskSpec task) => task.Labels is { } labels
            ? $"{task.Name} (version {task.Version}; labels {string.Join(", ", labels.Select(label => $"'{label.Word}'"))}; {Plural(task.Instructions.Count, "instruction")})"
            : $"{task.Name} (version {task.Version}; every text has a target of its own; {Plural(task.Instructions.Count, "instruction")})";
        return $"{(study.Tasks.Count == 1 ? "The task was" : "The tasks were")} {Names.List([.. study.Tasks.Select(Words)])}.";
    }

    private static string Draws(ReportContent report, StudySpec study)
    {
        var demonstrations = study.Base.Demonstrations;
        int finished = report.Groups.Min(group => group.View.Group.Runs);
        var selection = demonstrations.Selection switch
        {
            DemonstrationSelection.Random => demonstrations.Balance ? "drawn at random with the labels as nearly balanced as their number allows" : "drawn at random",
            var by => $"{(by == DemonstrationSelection.Nearest ? "nearest to" : "farthest from")} the queries by {(demonstrations.Embedding == TextEmbedding.Tfidf ? "TF-IDF" : "the model's mean state")}",
        };
        var from = demonstrations.Task is { } other ? $" from the task {other}" : "";
        var labels = demonstrations.Labels switch
        {
            AnswerSource.Gold => "",
            AnswerSource.Random => ", their answers drawn at random",
            _ => $", a share of {Number(demonstrations.WrongFraction)} of their answers exchanged for wrong ones",
        };
        var content = demonstrations.Content == DemonstrationContent.Full ? "" : $", content '{SpecWords.Word(demonstrations.Content)}'";
        return $"There were {Plural(study.Runs, "run")} for every model and task{(finished < study.Runs ? $" ({finished} finished)" : "")}. Each drew an instruction, {Plural(demonstrations.Count, "demonstration")} ({selection}{from}{labels}{content}) "
            + $"and {Plural(study.Queries, "query", "queries")}; no query was among the demonstrations.";
    }

    private static string Prompts(StudySpec study)
    {
        var context = study.Base.Context == ContextSource.Demonstrations ? "the demonstrations with their answers" : "as many random tokens as the demonstrations have";
        var templates = study.Tasks.Select(task => study.Base.TemplateOf(task)).ToList();
        string Where(Func<PromptTemplate, bool> holds) => templates.All(holds) ? "" : templates.Any(holds) ? " (in some tasks without the instruction)" : " (without the instruction)";
        return $"Every query was run under three conditions: anchor, the instruction and the query; ICL, the instruction, {context} and the query{Where(template => template.InstructionInIcl)}; "
            + $"IT, the anchor's prompt{Where(template => template.InstructionInIt)} on the model tuned as follows.";
    }

    private static string Tuning(StudySpec study)
    {
        var tuning = study.Base.Tuning;
        var what = tuning.Method == TuningMethod.Lora
            ? $"a fresh LoRA adapter for every run (rank {tuning.Rank}, alpha {Number(tuning.Alpha)}, dropout {Number(tuning.Dropout)}) on {Names.List([.. tuning.Targets.Select(SpecWords.Word)])}"
            : "all weights, anew for every run";
        var data = (tuning.Task, tuning.Data) switch
        {
            ({ } task, _) => $"as many examples of the task {task} as there are demonstrations",
            (_, TuningData.ShuffledAnswers) => "the run's demonstrations with their answers permuted",
            (_, TuningData.RandomTokens) => "as many random tokens as the run's demonstrations have",
            _ => "the run's demonstrations",
        };
        return $"Tuned was {what}, on {data}: {Plural(tuning.Epochs, "epoch")} in batches of {tuning.BatchSize}, AdamW at the constant learning rate {Number(tuning.LearningRate)} with weight decay {Number(tuning.WeightDecay)}, "
            + $"cross-entropy on {(tuning.Loss == TuningLoss.Answer ? "the answer's tokens only" : "every token but the first")}, in {Arithmetic(study.Compute)}.";
    }

    private static string Arithmetic(ComputeMode mode) => mode switch
    {
        ComputeMode.F64 => "float64",
        ComputeMode.BF16 => "bfloat16 products with float32 sums (adapters in float32)",
        _ => "float32",
    };

    private static string States(StudySpec study)
    {
        var position = study.Base.Position switch
        {
            StatePosition.Last => "the last token of the prompt",
            StatePosition.Label => "the last token of the right answer, read after the prompt",
            _ => "the tokens of the query, averaged",
        };
        return $"States were taken at {position}: the residual stream after every block and, for the headline, after the last block and the final norm.";
    }

    private static string Measures(ReportContent report, StudySpec study)
    {
        var answers = new List<string>();
        if (study.Tasks.Any(task => task.Labels is not null)) answers.Add("the predicted label is the most probable as a whole string after the prompt");
        if (study.Tasks.Any(task => task.Labels is null)) answers.Add("where there are no labels, the mean log-probability of the target's tokens after the prompt was taken");
        if (study.Metrics.Contains(ExtraMetrics.Generation) && study.Tasks.Any(task => task.Labels is null)) answers.Add("answers decoded greedily were compared with the targets by chrF and BLEU");
        string[] more = [.. study.Metrics.Where(metric => metric != ExtraMetrics.Generation).Select(Words)];
        return "Similarity is the cosine of the states of anchor and ICL, anchor and IT, and ICL and IT; beside it stand the cosine after each condition's mean over the run's queries is subtracted, and the cosine of ICL's and IT's shifts away from the anchor. "
            + $"For the answers, {string.Join("; ", answers)}.{(more.Length == 0 ? "" : $" Measured as well: {string.Join("; ", more)}.")}";
    }

    private static string Words(ExtraMetrics metric) => metric switch
    {
        ExtraMetrics.Attention => "SimAOU and SimAM of attention at the last token (Dai et al. 2023)",
        ExtraMetrics.Vocabulary => "divergence, overlap of the ten likeliest tokens and token shift over the vocabulary",
        ExtraMetrics.TaskVector => "accuracy of the anchor with its last token's state taken from ICL or IT, layer by layer (Hendel et al. 2023)",
        ExtraMetrics.TrainingAttention => "attention to training tokens (Dai et al. 2023)",
        ExtraMetrics.Order => "sensitivity to ten orders of the demonstrations (Shen et al. 2024)",
        ExtraMetrics.Adapters => "overlap of the adapters of different runs",
        _ => SpecWords.Word(metric),
    };

    private static string Controls(ReportContent report)
    {
        string[] controls = [.. report.Trained.SelectMany(group => group.View.Controls).Select(control => $"{control.Words} ({control.Id})").Distinct()];
        return $"Levels that the similarity of ICL and IT was held against: {Names.List(controls)}.";
    }

    private static string? Factors(StudySpec study) => study.Factors.Count == 0 ? null
        : "Varied one at a time from these settings, with the same instruction (unless varied), queries and adapter in every run: "
          + string.Join("; ", study.Factors.Select(factor => $"{factor.Id}, {factor.Title} ({string.Join(", ", factor.Levels.Select(level => level.Id).Prepend(factor.Base.Id))})")) + ".";

    private static string Statistics(ReportContent report)
    {
        var bootstrap = report.Options.Results.Bootstrap;
        var permutations = new PermutationOptions();
        var intervals = $"The run is the unit of resampling: means over runs have {Number(100 * bootstrap.Level)} % studentised bootstrap intervals clustered on runs ({Count(bootstrap.Resamples)} resamples), with Student's interval where that is wider"
            + (report.Groups.Any(group => group.View.Group.Runs < ClusterBootstrap.FewestRuns) ? $", and below {ClusterBootstrap.FewestRuns} runs none" : "") + ".";
        int claims = report.Claims.Count(finding => finding.P is not null);
        return claims == 0 ? intervals
            : $"{intervals} {Plural(claims, "claim")} {(claims == 1 ? "was" : "were")} tested by flipping the signs of runs' differences (all signs up to {permutations.ExactUpTo} runs, {Count(permutations.Permutations)} random ones above; two one-sided tests for equivalence) and by the studentised bootstrap, the larger p-value counting, "
              + $"with Holm's correction over all of them at {Number(100 * ClaimTable.Level)} %.";
    }

    private static string Software(ReportContent report, StudySpec study)
    {
        var version = report.Manifest["code_version"]?.ToString();
        return $"Instruction, demonstrations, queries, adapter, dropout and bootstrap were drawn from streams of their own under the seed {study.Seed}. Computed with Converge{(version is null ? "" : " " + version)}, study '{study.Name}'.";
    }

    private static string? Standing(StudySpec study)
    {
        if (study.Standing.Count == 0) return null;
        string Keys(Standing tag) => Names.List([.. study.Standing.Where(entry => entry.Value == tag).Select(entry => entry.Key)]);
        (string Words, string Keys)[] parts = [("as public sources on Duan et al. state", Keys(Studies.Spec.Standing.Known)), ("assumed, since they do not", Keys(Studies.Spec.Standing.Assumed)), ("our own", Keys(Studies.Spec.Standing.Ours))];
        return $"Of the settings, {string.Join("; ", parts.Where(part => part.Keys.Length > 0).Select(part => $"{part.Words}: {part.Keys}"))}.";
    }

    private static string Plural(int count, string one, string? many = null) => $"{Count(count)} {(count == 1 ? one : many ?? one + "s")}";

    private static string Number(double number) => number.ToString("0.##########", CultureInfo.InvariantCulture);

    // A paper has plain commas between thousands.
    private static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
