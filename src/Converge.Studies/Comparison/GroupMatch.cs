using Converge.Engine;
using Converge.Studies.Tables;

namespace Converge.Studies.Comparison;

/// <summary>Which groups of two studies belong together.</summary>
internal static class GroupMatch
{
    /// <summary>
    /// Groups of equal task, factor and level whose models belong together: models of the same id, and the others in the order in which the studies
    /// name them. Models that only one study has, the other having none to set against them, are left out.
    /// </summary>
    /// <exception cref="BadInputException">The others are not as many in both, or no group is in both.</exception>
    public static IReadOnlyList<(GroupResults First, GroupResults Second)> Of(StudyResults first, StudyResults second)
    {
        string[] models = [.. ModelsOf(first)], others = [.. ModelsOf(second)];
        string[] left = [.. models.Except(others)], right = [.. others.Except(models)];
        if (left.Length != right.Length && left.Length > 0 && right.Length > 0)
            throw new BadInputException(second.Study, $"has {right.Length} models that {first.Study} has not ({Names(right)}), against {left.Length} the other way round ({Names(left)}): there is no telling which belong together",
                "Give the models that are to be compared the same id, or compare studies of one model each");
        var partner = models.Intersect(others).ToDictionary(model => model).Concat(left.Zip(right, KeyValuePair.Create)).ToDictionary();
        var groups = second.Groups.ToDictionary(group => group.Group);
        var matched = first.Groups
            .Where(group => partner.ContainsKey(group.Group.Model))
            .Select(group => (group, groups.GetValueOrDefault(group.Group with { Model = partner[group.Group.Model] })))
            .Where(pair => pair.Item2 is not null).Select(pair => (pair.group, pair.Item2!)).ToList();
        return matched.Count > 0 ? matched : throw new BadInputException(second.Study, $"has no task, factor and level in common with {first.Study}", "Compare studies of the same tasks");
    }

    private static IEnumerable<string> ModelsOf(StudyResults results) => results.Groups.Select(group => group.Group.Model).Distinct();

    private static string Names(string[] models) => models.Length == 0 ? "none" : string.Join(", ", models);
}
