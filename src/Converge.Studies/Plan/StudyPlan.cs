using Converge.Engine;
using Converge.Studies.Conditions;
using Converge.Studies.Demonstrations;
using Converge.Studies.Run;
using Converge.Studies.Spec;
using Converge.Studies.Tasks;

namespace Converge.Studies.Plan;

/// <summary>A study cut into units of work, every prompt and tuning row written out. Making it reads data and tokenizers, but no weights.</summary>
public sealed class StudyPlan
{
    private StudyPlan(StudySpec spec, IReadOnlyList<PlannedModel> models, IReadOnlyList<TaskData> data, IReadOnlyList<PlannedUnit> units)
    {
        Spec = spec;
        Models = models;
        DataDigests = new SortedDictionary<string, string>(data.SelectMany(task => task.FileDigests).DistinctBy(file => file.Key).ToDictionary(), StringComparer.Ordinal);
        Notes = [.. data.SelectMany(task => task.Notes).Distinct()];
        Units = units;
        Cost = StudyCost.Of(this, units);
    }

    /// <summary>The study.</summary>
    public StudySpec Spec { get; }

    /// <summary>Its models.</summary>
    public IReadOnlyList<PlannedModel> Models { get; }

    /// <summary>The SHA-256 of every data file, by full path.</summary>
    public IReadOnlyDictionary<string, string> DataDigests { get; }

    /// <summary>What was left out of the data, in words.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The units: model by model, task by task, level by level with the study's own settings first, run by run. Shards are cut from this order.</summary>
    public IReadOnlyList<PlannedUnit> Units { get; }

    /// <summary>What computing all units takes.</summary>
    public StudyCost Cost { get; }

    /// <summary>What computing each level takes by itself, in the order of the plan.</summary>
    public IReadOnlyList<(string Factor, string Level, StudyCost Cost)> CostOfLevels =>
        [.. Units.GroupBy(unit => (unit.Key.Factor, unit.Key.Level)).Select(level => (level.Key.Factor, level.Key.Level, StudyCost.Of(this, level)))];

    /// <summary>Plans a study.</summary>
    /// <exception cref="BadInputException">Data, tokenizer or template do not fit together; see <see cref="StudyValidator"/> for all such problems at once.</exception>
    public static StudyPlan Create(StudySpec spec)
    {
        List<PlannedModel> models = [.. spec.Models.Select(PlannedModel.Load)];
        var tasks = spec.Tasks.Concat(spec.OtherTasks).ToDictionary(task => task.Name, TaskData.Load);
        var draws = new StudyDraws(spec, tasks);
        var units = from model in models
                    let texts = ModelTexts.For(model, spec)
                    from task in spec.Tasks
                    from level in PlannedLevel.Of(spec, model.Spec.Id, task.Name)
                    from run in Enumerable.Range(0, spec.Runs)
                    select Unit(spec, level, model, task, draws.Of(level.Settings, task, run, texts), run);
        return new StudyPlan(spec, models, [.. tasks.Values], [.. units]);
    }

    /// <summary>One unit.</summary>
    /// <exception cref="BadInputException">Tokenizer and template do not fit together, or a sequence does not fit the model.</exception>
    internal static PlannedUnit Unit(StudySpec spec, PlannedLevel level, PlannedModel model, TaskSpec task, UnitDraw draw, int run)
    {
        var settings = level.Settings;
        var where = $"task '{task.Name}' on model '{model.Spec.Id}'{level.InWords}";
        var content = UnitPrompts.Build(model.Tokenizer, task, draw, settings, where);
        var metrics = spec.MetricsOf(settings, task);
        IReadOnlyList<IReadOnlyList<int[]>> ordered = [.. draw.Orders.Select(order => UnitPrompts.InOrder(model.Tokenizer, settings.TemplateOf(task), draw, order, where))];
        CheckFits(content, model, run, where);
        return new PlannedUnit
        {
            Key = new UnitKey(model.Spec.Id, task.Name, level.Factor, level.Level, run),
            TokenizerDigest = model.Tokenizer.Digest,
            Compute = spec.Compute,
            Instruction = draw.Instruction,
            Demonstrations = [.. draw.Demonstrations.Select(demonstration => demonstration.Example.Id)],
            Queries = [.. draw.Queries.Select(example => example.Id)],
            Content = content,
            Method = settings.Tuning.Method,
            Position = settings.Position,
            Metrics = metrics,
            OrderedPrompts = ordered,
            AnswerEnds = metrics.Contains(ExtraMetrics.Generation) ? DecodedAnswers.EndsOf(settings.TemplateOf(task)) : [],
            TrainingTokens = metrics.Contains(ExtraMetrics.TrainingAttention) ? TrainingTokens.Of(model.Tokenizer, settings.TemplateOf(task), draw, content) : [],
            Lora = settings.Tuning.Lora,
            AdapterSeed = RandomStreams.SeedOf(spec.Seed, StreamName.Adapter, task.Name, run),
            Tuning = settings.Tuning.Recipe(content.TuningRows.Count, RandomStreams.SeedOf(spec.Seed, StreamName.Dropout, task.Name, run)),
        };
    }

    private static void CheckFits(UnitPrompts content, PlannedModel model, int run, string where)
    {
        var (longest, answer) = content.Prompts.Select((prompt, i) => (Prompt: prompt, Answer: content.AnswersAfter(i).Max(tokens => tokens.Length))).MaxBy(pair => pair.Prompt.Tokens.Length + pair.Answer);
        if (longest.Tokens.Length + answer > model.Config.MaxPositions)
            throw new BadInputException(where, $"the {longest.Condition.Name()} prompt of run {run}, query '{OneLine.Of(longest.Query)}' has {longest.Tokens.Length} tokens and its answer {answer}, more than the model's {model.Config.MaxPositions} positions",
                "Use fewer demonstrations ('demonstrations.count') or shorter texts");
        int longestRow = content.TuningRows.Max(row => row.Tokens.Length);
        if (longestRow > model.Config.MaxPositions)
            throw new BadInputException(where, $"a tuning row of run {run} has {longestRow} tokens, more than the model's {model.Config.MaxPositions} positions", "Leave out texts of that length");
        int largest = content.Prompts.Select(prompt => prompt.Tokens).Concat(content.TuningRows.Select(row => row.Tokens)).Concat(content.Prompts.SelectMany((_, i) => content.AnswersAfter(i))).Max(tokens => tokens.Max());
        if (largest >= model.Config.VocabSize)
            throw new BadInputException(where, $"the tokenizer gives the id {largest}, but the model's vocabulary has {model.Config.VocabSize} tokens", "Put the model's own tokenizer into its folder");
    }
}
