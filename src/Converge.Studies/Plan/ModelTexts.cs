using Converge.Studies.Demonstrations;
using Converge.Studies.Run;
using Converge.Studies.Spec;
using Converge.Studies.Tasks;

namespace Converge.Studies.Plan;

/// <summary>
/// The texts of tasks as one model sees them, for demonstrations that are chosen by the model's own states: the only part of planning that reads weights, and
/// only where a study asks for it.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="open">Opens the model.</param>
internal sealed class ModelTexts(PlannedModel model, Func<PlannedModel, StudyModel> open)
{
    private readonly Dictionary<string, MeanStates> _tasks = [];

    /// <summary>Which model.</summary>
    public string Model => model.Spec.Id;

    /// <summary>The texts of a task's pools.</summary>
    public MeanStates Of(TaskSpec task, TaskData data)
    {
        if (_tasks.TryGetValue(task.Name, out var known)) return known;
        using var opened = open(model);
        using var started = opened.Start();
        return _tasks[task.Name] = MeanStates.Of(model, started, data);
    }

    /// <summary>A model of a study, opened when it is asked for.</summary>
    public static ModelTexts For(PlannedModel model, StudySpec study) => new(model, one => StudyModel.Open(one, study, Environment.ProcessorCount));
}
