using Converge.Cli.Hosting;
using Converge.Cli.Tests.Running;

namespace Converge.Cli.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void Without_arguments_the_help_is_shown_as_an_error()
    {
        var ended = Executable.Run().Expect(2);
        Assert.Equal("", ended.Out);
        Assert.Contains("converge demo --out out/demo", ended.Error);
    }

    [Fact]
    public void The_help_lists_every_verb_with_its_summary()
    {
        var help = Executable.Run("--help").Expect(0).Out;
        foreach (var verb in App.CreateRoot().Subcommands) Assert.Contains($"  {verb.Name,-10} {verb.Description}", help);
    }

    [Fact]
    public void The_version_is_a_number_alone_on_a_line()
    {
        Assert.Matches(@"^\d+\.\d+\.\d+(\+[0-9a-f]+)?\n$", Executable.Run("--version").Expect(0).Out);
    }

    [Theory]
    [InlineData("stats", "'stats' is not a verb (did you mean 'states'?).")]
    [InlineData("--jsn", "'--jsn' is not an option (did you mean '--json'?).")]
    [InlineData("--verbose", "a verb is missing")]
    [InlineData("frobnicate", "'frobnicate' is not a verb.")]
    public void A_command_line_that_is_not_understood_ends_with_one_line_and_a_hint(string argument, string expected)
    {
        var line = Executable.Run(argument).ExpectBadInput();
        Assert.Contains(expected, line);
        Assert.Contains("See 'converge --help'.", line);
    }

    [Fact]
    public void An_argument_cannot_steer_the_terminal_through_the_error_line()
    {
        Assert.Contains(@"\u001B[2J", Executable.Run("\u001b[2J").ExpectBadInput());
    }
}
