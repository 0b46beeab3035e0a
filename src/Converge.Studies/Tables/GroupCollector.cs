using Converge.Engine;
using Converge.Studies.Conditions;
using Converge.Studies.Run;

namespace Converge.Studies.Tables;

/// <summary>Gathers, unit by unit, what a report needs of one group of runs.</summary>
internal sealed class GroupCollector(UnitRecord first, ResultOptions options)
{
    private readonly IReadOnlyList<string>? _labels = LabelsOf(first);
    private readonly int[] _gold = new int[LabelsOf(first)?.Count ?? 0];
    private readonly SortedDictionary<int, TuningCurve> _tuning = [];
    private readonly SortedDictionary<int, SampleRun> _samples = [];
    private readonly Dictionary<int, string> _draws = [];
    private (int Fewest, int Most) _demonstrations = (int.MaxValue, 0);
    private int _queries;

    public StudyGroup Group { get; } = StudyGroup.Of(first.Key);

    private int Layers { get; } = first.Layers;

    private int HiddenSize { get; } = first.HiddenSize;

    public void Add(UnitRecord unit)
    {
        var where = $"{Group.Model}/{Group.Task}/{Group.Factor}/{Group.Level}, run {unit.Key.Run}";
        if (unit.Layers != Layers || unit.HiddenSize != HiddenSize || !(LabelsOf(unit) ?? []).SequenceEqual(_labels ?? []))
            throw new BadInputException(where, "has other layers, width or labels than the runs beside it", "Remove the stored units and run the study again");
        if (!_tuning.TryAdd(unit.Key.Run, new TuningCurve(unit.Key.Run, unit.TuningSteps)))
            throw new BadInputException(where, "is stored twice", "Remove one of the two units");
        _draws.Add(unit.Key.Run, string.Join('\n', [unit.Instruction, .. unit.Demonstrations, "", .. unit.Queries]));
        if (unit.Answers is LabelAnswers labels)
            foreach (int gold in labels.Gold) _gold[gold]++;
        _queries += unit.Queries.Count;
        _demonstrations = (Math.Min(_demonstrations.Fewest, unit.Demonstrations.Count), Math.Max(_demonstrations.Most, unit.Demonstrations.Count));
        KeepIfAmongTheFirst(unit);
    }

    public GroupResults Build() => new()
    {
        Group = Group,
        Layers = Layers,
        HiddenSize = HiddenSize,
        Labels = _labels is null ? null : new LabelCounts(_labels, _gold),
        Queries = _queries,
        Demonstrations = _demonstrations,
        Draws = _draws,
        Tuning = [.. _tuning.Values],
        Samples = [.. _samples.Values],
    };

    private static IReadOnlyList<string>? LabelsOf(UnitRecord unit) => (unit.Answers as LabelAnswers)?.Words;

    // The runs with the lowest numbers, whatever order the units come in.
    private void KeepIfAmongTheFirst(UnitRecord unit)
    {
        var queries = unit.Queries.Take(options.SampleQueries).ToHashSet();
        PromptRecord[] prompts = [.. unit.Prompts.Where(prompt => queries.Contains(prompt.Query))];
        _samples.Add(unit.Key.Run, new SampleRun(unit.Key.Run, unit.Instruction, unit.Demonstrations, prompts, unit.TuningRows));
        while (_samples.Count > options.SampleRuns) _samples.Remove(_samples.Keys.Last());
    }
}
