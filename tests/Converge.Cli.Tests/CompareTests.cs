using System.Text.Json.Nodes;
using Converge.Cli.Tests.Running;

namespace Converge.Cli.Tests;

public sealed class CompareTests(SmallStudy study) : IClassFixture<SmallStudy>
{
    [Fact]
    public void A_study_and_the_same_after_a_change_are_compared_run_by_run()
    {
        string before = study.NewFolder(), after = study.NewFolder(), other = study.NewFolder();
        Executable.Run(["run", .. study.Arguments(), "--out", before]).Expect(0);
        Executable.Run(["run", .. study.Arguments("tuning.epochs=4"), "--out", after]).Expect(0);
        Executable.Run(["run", .. study.Arguments("seed=7"), "--out", other]).Expect(0);
        var rows = Executable.Run("compare", before, after, "--json").Expect(0).Json["series"]!.AsArray();
        Assert.All(rows, row => Assert.True((bool)row!["paired"]!));
        var anchor = rows.Single(row => (string)row!["pair"]! == "anchor-icl" && (string)row["metric"]! == "cosine")!;
        Assert.Equal((0.0, null, 4), ((double)anchor["difference"]!, (double?)anchor["p"], (int)anchor["runs"]!));
        var tuned = rows.Single(row => (string)row!["pair"]! == "anchor-it" && (string)row["metric"]! == "cosine")!;
        Assert.Equal((double)tuned["mean_b"]! - (double)tuned["mean_a"]!, (double)tuned["difference"]!, 1e-12);
        Assert.NotEqual(0, (double)tuned["difference"]!);
        var table = Executable.Run("compare", before, other).Expect(0).Out;
        Assert.Contains("not in pairs", table);
        Assert.Contains("shift_cosine", table);
        Assert.Contains("holds no study", Executable.Run("compare", before, study.NewFolder()).ExpectBadInput());
    }

    [Fact]
    public void A_run_ends_with_the_claims_and_leaves_them_in_a_file()
    {
        var folder = study.NewFolder();
        var said = Executable.Run(["run", .. study.Arguments(), "--out", folder]).Expect(0).Out;
        Assert.Contains("P1      inconclusive [known] ICL and IT are closer to each other", said);
        Assert.Contains("4 runs are too few", said);
        var claims = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "claims.json")))!["claims"]!.AsArray();
        Assert.Equal(17, claims.Count);
        Assert.All(claims, claim => Assert.Equal("inconclusive", (string)claim!["verdict"]!));
    }
}
