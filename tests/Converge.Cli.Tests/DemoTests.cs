using Converge.Cli.Tests.Running;

namespace Converge.Cli.Tests;

public sealed class DemoTests
{
    [SkippableFact]
    public void On_a_terminal_there_is_a_bar_and_a_box()
    {
        Skip.If(Executable.Bash("/", "script --version").ExitCode != 0, "needs script (util-linux), to have a terminal");
        using var folder = new TemporaryFolder();
        RandomModel.Write(folder["model"]);
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
