using Converge.Studies.Spec;
using Converge.Studies.Tables;

namespace Converge.Studies.Claims;

/// <summary>P8: P1 asked of another task, a larger model and a chat model; made of the study's first model and task.</summary>
internal static class BreadthClaims
{
    private const string Rule = "the two differences of P1 are above 0 ";

    public static IReadOnlyList<Claim> All { get; } =
    [
        new("P8-task", Standing.Assumed, "The picture holds for the second task", Rule + "for the same model on every other task",
            "a study with two tasks (studies/paper.yaml)", (data, group) => Over(data, data.Design.Tasks.Where(task => task != group.Task).Select(task => ClaimData.BaseOf(group.Model, task)))),
        new("P8-size", Standing.Assumed, "The picture holds for the larger model", Rule + "on the same task for every larger model that is no chat model",
            "a study with checkpoints of two sizes", (data, group) => Over(data, Models(data, group).Where(other => !data.Design.Chat.Contains(other.Model) && data.SizeOf(other) > data.SizeOf(group)))),
        new("P8-chat", Standing.Assumed, "The picture holds for the chat model", Rule + "on the same task for every chat model",
            "a study with a base and a chat checkpoint", (data, group) => Over(data, Models(data, group).Where(other => data.Design.Chat.Contains(other.Model)))),
    ];

    private static IEnumerable<StudyGroup> Models(ClaimData data, StudyGroup group) =>
        data.Design.Models.Where(model => model != group.Model).Select(model => ClaimData.BaseOf(model, group.Task)).Where(data.Has);

    private static IEnumerable<ClaimPart> Over(ClaimData data, IEnumerable<StudyGroup> groups) =>
        groups.SelectMany(group => PaperClaims.Closer(data, group).Select(part => part with { Quantity = $"{part.Quantity} ({group.Model}, {group.Task})" }));
}
