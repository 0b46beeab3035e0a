using Converge.Cli.Hosting;
using Converge.Cli.Tests.Running;
using Converge.Tests;

namespace Converge.Cli.Tests;

public sealed class DemoTests
{
    /// <summary>The examples of every verb's help, run as they stand in a folder where the demonstration was run first.</summary>
    [Fact]
    public void Every_example_of_the_help_works_and_the_demonstration_says_that_its_model_is_random()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "studies", "tasks", "data" }) Directory.CreateSymbolicLink(folder[name], Repository.PathOf(name));
        var verbs = App.CreateRoot().Subcommands.OfType<Verb>().ToList();
        Assert.Equal("demo", verbs[0].Name);
        foreach (var verb in verbs)
        {
            Assert.Contains($"Example:\n  {verb.Example.Split('\n')[0]}\n", Executable.Run(verb.Name, "--help").Expect(0).Out);
            var ended = Executable.Bash(folder.Path, $"set -e; PATH={Path.GetDirectoryName(Executable.Location)}:$PATH\n{verb.Example}").Expect(0);
            if (verb.Name != "demo") continue;
            Assert.Contains("random weights", ended.Out);
            Assert.Contains("say nothing about learning", ended.Out);
        }
        Assert.Contains("About the model:", File.ReadAllText(folder["out/demo/report.html"]));
        Assert.Contains("random weights", File.ReadAllText(folder["out/demo/report.html"]));
        foreach (var made in new[] { "out/four/report.html", "out/both/report.html", "out/states/states.safetensors", "out/adapter/adapter_model.safetensors", "ids.jsonl" })
            Assert.True(File.Exists(folder[made]), made);
    }

    [Fact]
    public void A_note_beside_a_model_survives_a_new_report()
    {
        using var folder = new TemporaryFolder();
        Demo.DemoModel.Write(folder["model"]);
        Study.ModelNote.Write(folder["model"], "A <b>note</b>.");
        Executable.Run("run", SmallStudy.File, "--set", $"models.0.path={folder["model"]}", "--set", "runs=1", "--set", "queries=1", "--set", "tuning.epochs=1", "--out", folder["out"]).Expect(0);
        File.Delete(folder["out/report.html"]);
        Executable.Run("report", folder["out"]).Expect(0);
        Assert.Contains("A &lt;b&gt;note&lt;/b&gt;.", File.ReadAllText(folder["out/report.html"]));
    }

    [SkippableFact]
    public void On_a_terminal_there_is_a_bar_and_a_box()
    {
        Skip.If(Executable.Bash("/", "script --version").ExitCode != 0, "needs script (util-linux), to have a terminal");
        using var folder = new TemporaryFolder();
        Demo.DemoModel.Write(folder["model"]);
        // Long enough for the bar to appear.
        var prompts = folder.Write("prompts.jsonl", string.Join('\n', Enumerable.Range(0, 60).Select(i => $"{{\"id\": \"{i}\", \"text\": \"{i} {new string('x', 400)}\"}}")));
        var command = $"{Executable.Location} states --model {folder["model"]} --prompts {prompts} --out {folder["out"]} --compute f64 --threads 1";
        var ended = Executable.Bash(folder.Path, $"script -qec \"stty cols 120; {command}\" /dev/null").Expect(0);
        Assert.Contains("capture", ended.Out);
        Assert.Contains("\u2501", ended.Out);
        Assert.Contains("\u256D\u2500done", ended.Out);
    }

    [Theory]
    [InlineData("plain-1.0/x", "plain-1.0/x")]
    [InlineData("with blank", "'with blank'")]
    [InlineData("it's", @"'it'\''s'")]
    [InlineData("", "''")]
    [InlineData("a;b$(c)", "'a;b$(c)'")]
    public void A_command_on_record_is_quoted_for_a_shell(string word, string expected)
    {
        Assert.Equal(expected, Study.StudyCommand.Quote(word));
        Assert.Equal(word, Executable.Bash("/", $"printf %s {expected}").Expect(0).Out);
    }
}
