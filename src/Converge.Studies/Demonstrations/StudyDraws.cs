using Converge.Engine;
using Converge.Studies.Conditions;
using Converge.Studies.Plan;
using Converge.Studies.Spec;
using Converge.Studies.Tasks;

namespace Converge.Studies.Demonstrations;

/// <summary>
/// The draws of a study. A run's instruction and queries are the same under all settings, and whatever a factor leaves alone is drawn from the same
/// stream, so that levels can be compared run by run. A demonstration that equals a query of the run is passed over.
/// </summary>
/// <param name="study">The study.</param>
/// <param name="data">The data of its tasks and other tasks, by name.</param>
public sealed class StudyDraws(StudySpec study, IReadOnlyDictionary<string, TaskData> data)
{
    // A name that no task has, so that the second set has streams of its own.
    private const string Second = "/other";

    private readonly Dictionary<(string, int), RunDraw> _runs = [];
    private readonly Dictionary<(string Task, string Model), SimilarityRanking> _rankings = [];

    /// <summary>What a unit is made of.</summary>
    /// <param name="settings">The unit's settings.</param>
    /// <param name="task">The queries' task.</param>
    /// <param name="run">The run's number.</param>
    /// <param name="texts">Texts as the unit's model sees them.</param>
    /// <exception cref="BadInputException">A pool is too small, there is no other instruction, or the model cannot be opened.</exception>
    internal UnitDraw Of(UnitSettings settings, TaskSpec task, int run, ModelTexts texts)
    {
        var drawn = Run(task, run);
        var shown = settings.Demonstrations;
        var taken = new TakenExamples(drawn.Queries);
        int instruction = Instruction(settings, task, drawn, run);
        var demonstrations = Set(settings, task, drawn, taken, instruction, run, texts, "");
        return new UnitDraw
        {
            Instruction = task.Instructions[instruction],
            Queries = drawn.Queries,
            Demonstrations = Ordered(demonstrations, shown.Order, task, run),
            Others = study.References.Contains(Condition.IclOther) ? Set(settings, task, drawn, taken, instruction, run, texts, Second) : null,
            Reordered = study.References.Contains(Condition.IclReordered) && demonstrations.Count > 1 ? Ordered(demonstrations, shown.Order == 0 ? 1 : 0, task, run) : null,
            Orders = study.MetricsOf(settings, task).Contains(ExtraMetrics.Order) ? [.. Enumerable.Range(0, DemonstrationOrder.CountOf(demonstrations.Count)).Select(order => Ordered(demonstrations, order, task, run))] : [],
            Tuned = Tuned(settings, task, drawn, Ordered(demonstrations, shown.Order, task, run), run),
            TokenSeed = RandomStreams.SeedOf(study.Seed, StreamName.Tokens, task.Name, run),
        };
    }

    /// <summary>What a run drew by the study's own settings.</summary>
    /// <exception cref="BadInputException">A pool is too small.</exception>
    public RunDraw Run(TaskSpec task, int run)
    {
        if (!_runs.TryGetValue((task.Name, run), out var drawn)) _runs.Add((task.Name, run), drawn = RunDraw.Of(study, task, data[task.Name], run));
        return drawn;
    }

    private int Instruction(UnitSettings settings, TaskSpec task, RunDraw drawn, int run)
    {
        if (settings.Instruction == InstructionChoice.Drawn) return drawn.Instruction;
        int others = task.Instructions.Count - 1;
        if (others == 0) throw new BadInputException($"task '{task.Name}'", "has one instruction, so that there is no other", "Give it more instructions, or leave the task out of the factor with 'tasks'");
        int at = RandomStreams.Open(study.Seed, StreamName.OtherInstruction, task.Name, run).Next(others);
        return at < drawn.Instruction ? at : at + 1;
    }

    // A set of demonstrations as the settings have them, in the order drawn.
    private IReadOnlyList<Demonstration> Set(UnitSettings settings, TaskSpec task, RunDraw drawn, TakenExamples taken, int instruction, int run, ModelTexts texts, string set)
    {
        var spec = settings.Demonstrations;
        var source = study.TaskOf(spec.Task ?? task.Name);
        var pool = data[source.Name];
        var examples = ExampleDraw.Take(Candidates(spec, source, drawn.Queries, run, texts), spec.Count, spec.Balance, source, taken, set == Second ? "references: icl_other" : "demonstrations.count");
        var answers = AnswerNoise.Of(examples, spec, source, pool.Demonstrations, RandomStreams.Open(study.Seed, StreamName.Answers, source.Name + set, run));
        (TaskSpec, TaskData)? lender = spec.InputsFrom is { } name ? (study.TaskOf(name), data[name]) : null;
        var inputs = InputAblation.Of(examples, spec.Content, pool.Demonstrations, lender, drawn.Queries, RandomStreams.Open(study.Seed, StreamName.Content, source.Name + set, run));
        var wording = source.Name == task.Name ? task.Instructions[instruction] : InstructionOf(source, run);
        return [.. examples.Select((example, i) =>
            new Demonstration(example, inputs[i], spec.Content == DemonstrationContent.NoLabel ? null : answers[i], wording, settings.TemplateOf(source)))];
    }

    private IEnumerable<Example> Candidates(DemonstrationSpec spec, TaskSpec source, IReadOnlyList<Example> queries, int run, ModelTexts texts)
    {
        var pool = data[source.Name];
        var byLot = RunDraw.Candidates(study.Seed, source, pool, run);
        if (spec.Selection == DemonstrationSelection.Random) return byLot;
        var key = (source.Name, spec.Embedding == TextEmbedding.MeanState ? texts.Model : "");
        if (!_rankings.TryGetValue(key, out var ranking)) _rankings.Add(key, ranking = Ranking(spec.Embedding, source, texts));
        return ranking.Rank(byLot, queries, nearestFirst: spec.Selection == DemonstrationSelection.Nearest);
    }

    private SimilarityRanking Ranking(TextEmbedding embedding, TaskSpec source, ModelTexts texts)
    {
        var pool = data[source.Name].Demonstrations;
        if (embedding == TextEmbedding.MeanState)
        {
            // Queries may be those of another task.
            var states = texts.Of(source, data[source.Name] with { Queries = [.. study.Tasks.SelectMany(task => data[task.Name].Queries)] });
            return new SimilarityRanking(pool, example => states.Of(example.Text));
        }
        var words = new TfIdf([.. pool.Select(example => example.NormalisedText)]);
        return new SimilarityRanking(pool, example => words.Of(example.NormalisedText));
    }

    private IReadOnlyList<Demonstration> Tuned(UnitSettings settings, TaskSpec task, RunDraw drawn, IReadOnlyList<Demonstration> demonstrations, int run)
    {
        var rows = settings.Tuning.Task is { } lender ? Lent(settings, study.TaskOf(lender), drawn, run) : demonstrations;
        if (settings.Tuning.Data != TuningData.ShuffledAnswers) return rows;
        int[] places = RandomStreams.Open(study.Seed, StreamName.TuningData, task.Name, run).Sample(rows.Count, rows.Count);
        return [.. rows.Select((row, i) => row with { Answer = rows[places[i]].Answer })];
    }

    // Another task's rows are drawn by lot and as they are: they stand for unrelated data.
    private IReadOnlyList<Demonstration> Lent(UnitSettings settings, TaskSpec lender, RunDraw drawn, int run)
    {
        var examples = ExampleDraw.Take(RunDraw.Candidates(study.Seed, lender, data[lender.Name], run), settings.Demonstrations.Count, settings.Demonstrations.Balance, lender, new TakenExamples(drawn.Queries));
        var instruction = InstructionOf(lender, run);
        return [.. examples.Select(example => new Demonstration(example, example.Text, example.Answer, instruction, settings.TemplateOf(lender)))];
    }

    private IReadOnlyList<Demonstration> Ordered(IReadOnlyList<Demonstration> demonstrations, int order, TaskSpec task, int run) =>
        DemonstrationOrder.Of(demonstrations, order, RandomStreams.Open(study.Seed, StreamName.Order, task.Name, run));

    private string InstructionOf(TaskSpec task, int run) =>
        task.Instructions[RandomStreams.Open(study.Seed, StreamName.Instruction, task.Name, run).Next(task.Instructions.Count)];
}
