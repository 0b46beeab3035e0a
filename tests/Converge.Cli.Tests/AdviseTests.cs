using System.Text.Json.Nodes;
using Converge.Cli.Tests.Running;
using Converge.Tests;

namespace Converge.Cli.Tests;

public sealed class AdviseTests(RandomModelFolder model) : IClassFixture<RandomModelFolder>
{
    private static readonly string s_task = Repository.PathOf("tasks", "reviews.yaml");

    private string[] Arguments(string folder) => ["advise", "--model", model.Path, "--task", s_task, "--out", folder, "--shots", "2,1", "--runs", "6", "--queries", "4", "--epochs", "2"];

    [Fact]
    public void Every_option_is_measured_and_the_folder_holds_study_report_and_advice()
    {
        using var folder = new TemporaryFolder();
        var json = Executable.Run([.. Arguments(folder["out"]), "--json"]).Expect(0).Json;
        Assert.Equal(["zero-shot", "ICL k=1", "ICL k=2", "IT k=1", "IT k=2"], json["options"]!.AsArray().Select(option => (string)option!["name"]!));
        Assert.All(json["options"]!.AsArray(), option => Assert.InRange((double)option!["quality"]!, 0, 1));
        foreach (var file in new[] { "advise.yaml", "advice.md", "advice.json", "report.html", "manifest.json" }) Assert.True(File.Exists(Path.Combine(folder["out"], file)), file);
        Assert.True(JsonNode.DeepEquals(json["options"], JsonNode.Parse(File.ReadAllText(Path.Combine(folder["out"], "advice.json")))!["options"]));
        // A second call computes nothing and says the same.
        var again = Executable.Run(Arguments(folder["out"])).Expect(0);
        Assert.Contains(File.ReadAllLines(Path.Combine(folder["out"], "advice.md"))[2], again.Out);
        Assert.Contains("| IT k=2 |", again.Out);
        Executable.Run("validate", Path.Combine(folder["out"], "advise.yaml")).Expect(0);
    }

    [Fact]
    public void Shots_that_are_none_are_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("--shots: 'x' is not a whole number", Executable.Run("advise", "--model", model.Path, "--task", s_task, "--out", folder["out"], "--shots", "1,x").ExpectBadInput());
        Assert.False(Directory.Exists(folder["out"]));
    }

    [Fact]
    public void A_task_that_is_not_there_is_told()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(folder["none.yaml"], Executable.Run("advise", "--model", model.Path, "--task", folder["none.yaml"], "--out", folder["out"]).ExpectBadInput());
    }
}
