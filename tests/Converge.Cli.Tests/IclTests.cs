using Converge.Cli.Tests.Running;

namespace Converge.Cli.Tests;

public sealed class IclTests(RandomModelFolder demo) : IClassFixture<RandomModelFolder>
{
    [Fact]
    public void A_model_that_has_learnt_nothing_is_at_chance()
    {
        var json = Executable.Run("icl", "--model", demo.Path, "--episodes", "8", "--json").Expect(0).Json;
        Assert.Equal(8, (int)json["episodes"]!);
        var curves = json["curves"]!.AsArray();
        Assert.Equal(15, curves.Count);
        Assert.Equal(["flipped", "random", "unseen", "usual"], curves.Select(curve => (string)curve!["labels"]!).Distinct().Order());
        Assert.Contains(curves, curve => (bool)curve!["shuffled"]! && (string)curve["labels"]! == "unseen");
        Assert.Contains(curves, curve => !(bool)curve!["instructed"]!);
        Assert.Equal(5, curves.Count(curve => (bool)curve!["new_wording"]!));
        var points = curves.SelectMany(curve => curve!["points"]!.AsArray()).ToList();
        Assert.All(curves, curve => Assert.Equal([0, 1, 2, 4, 8, 16], curve!["points"]!.AsArray().Select(point => (int)point!["shots"]!)));
        foreach (var point in points)
        {
            Assert.Equal((int)point!["right"]! / 8.0, (double)point["accuracy"]!);
            Assert.InRange((double)point["accuracy"]!, (double)point["low"]! - 1e-12, (double)point["high"]! + 1e-12);
        }
        // Episodes are shared between rows, so that all 720 answers tell less than as many coin tosses.
        Assert.InRange(points.Average(point => (double)point!["accuracy"]!), 0.35, 0.65);
    }

    [Fact]
    public void The_table_has_a_row_for_every_condition_and_another_seed_other_episodes()
    {
        string[] arguments = ["icl", "--model", demo.Path, "--episodes", "2"];
        var said = Executable.Run([.. arguments, "--threads", "1"]).Expect(0).Out;
        string[] lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("2 episodes of two classes with sentences that were held out of training; chance is 50", lines[0]);
        Assert.Equal(["| k | 0 | 1 | 2 | 4 | 8 | 16 |", "|---|---|---|---|---|---|---|"], lines[1..3]);
        Assert.Equal(18, lines.Length);
        // Of two answers none, one or both are right; the intervals are Wilson's.
        Assert.All(lines[3..], line => Assert.Matches(@"^\| [a-z]+, (usual|flipped|random|unseen) labels(, no instruction)?(, shuffled)?(, new wording)?( \| (0 \[0, 66\]|50 \[9, 91\]|100 \[34, 100\])){6} \|$", line));
        Assert.Contains(lines, line => line.StartsWith("| sentiment, unseen labels, no instruction |", StringComparison.Ordinal));
        Assert.NotEqual(said, Executable.Run([.. arguments, "--seed", "2"]).Expect(0).Out);
    }

    [Theory]
    [InlineData("--episodes: '0' is not a whole number of at least 1", "--episodes", "0")]
    [InlineData("--seed: '-1' is not a whole number of at least 0", "--seed", "-1")]
    [InlineData("--compute", "--compute", "fp8")]
    public void Options_out_of_range_are_refused(string expected, params string[] options) =>
        Assert.Contains(expected, Executable.Run(["icl", "--model", demo.Path, .. options]).ExpectBadInput());

    [Fact]
    public void A_folder_without_a_model_is_told()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(folder["none"], Executable.Run("icl", "--model", folder["none"]).ExpectBadInput());
    }
}
