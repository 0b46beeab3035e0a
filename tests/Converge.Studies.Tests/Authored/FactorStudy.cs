namespace Converge.Studies.Tests.Authored;

/// <summary>Factors for the study of <see cref="StudyFolder"/>.</summary>
internal static class FactorStudy
{
    public const string Factors = """

        factors:
          - id: F1
            title: label correctness
            tag: known
            note: no effect
            base: {id: gold, value: 0}
            levels:
              - {id: half, value: 0.5, tag: assumed, demonstrations: {labels: wrong, wrong_fraction: 0.5}}
              - {id: all, value: 1, demonstrations: {labels: wrong}}
              - {id: random, note: by lot, demonstrations: {labels: random}}
          - id: F4
            levels:
              - {id: k1, value: 1, demonstrations: {count: 1}}
              - {id: k2, value: 2, demonstrations: {count: 2}}
              - {id: k4, value: 4, demonstrations: {count: 4}}
        """;

    /// <summary>Appends <see cref="Factors"/> to the folder's study.</summary>
    public static StudyFolder WithFactors(this StudyFolder folder) => folder.WithFactors(Factors);

    /// <summary>Appends factors to the folder's study.</summary>
    public static StudyFolder WithFactors(this StudyFolder folder, string factors)
    {
        folder.Write("study.yaml", StudyFolder.Study + factors);
        return folder;
    }

    /// <summary>Appends one factor of one level to the folder's study, with the translation task as a lender.</summary>
    public static StudyFolder WithLevel(this StudyFolder folder, string level) => folder.WithFactors($"""

        other_tasks: [lexicon.yaml]
        references: [icl_other, icl_reordered]
        factors:
          - {"{"}id: f, levels: [{"{"}id: one, {level}{"}"}]{"}"}
        """);
}
