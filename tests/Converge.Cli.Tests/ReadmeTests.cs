using System.Text.RegularExpressions;
using Converge.Cli.Hosting;
using Converge.Cli.Tests.Running;
using Converge.Tests;

namespace Converge.Cli.Tests;

/// <summary>Tests that build the program: while they do, no other test can start it.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Repository.PathOf("README.md"));

    /// <summary>The README's commands in order, in one shell, then the example of every verb's help where the README has left its results.</summary>
    [Fact]
    public void Every_command_and_every_example_works_as_it_is_written()
    {
        using var folder = new TemporaryFolder();
        // The tests run these tests; and results go to a temporary place.
        var commands = string.Join('\n', Blocks().Where(block => block != "./check.sh\n"));
        Assert.Contains("demo --out out/demo", commands);
        var script = folder.Write("readme.sh", commands.Replace("out/", $"{folder.Path}/out/"));
        var readme = Executable.Bash(Repository.Root, $"export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false; set -e; . {script}").Expect(0);
        Assert.Contains("report.html", readme.Out);
        Assert.Contains("trained from nothing on short generated texts", File.ReadAllText(folder["out/demo/report.html"]));
        foreach (var made in new[] { "out/mine/report.html", "out/states/states.safetensors", "out/adapter/adapter_config.json" })
        {
            Assert.True(File.Exists(folder[made]), made);
            File.Delete(folder[made]);
        }

        foreach (var name in new[] { "studies", "tasks", "data", "models" }) Directory.CreateSymbolicLink(folder[name], Repository.PathOf(name));
        // The real recipe takes hours; the command is the same.
        folder.Write("recipes/pocket.yaml", PretrainTests.Recipe);
        foreach (var verb in App.CreateRoot().Subcommands.OfType<Verb>())
        {
            Assert.Contains($"Example:\n  {verb.Example.Split('\n')[0]}\n", Executable.Run(verb.Name, "--help").Expect(0).Out);
            Executable.Bash(folder.Path, $"set -e; PATH={Path.GetDirectoryName(Executable.Location)}:$PATH\n{verb.Example}").Expect(0);
        }
        foreach (var made in new[] { "out/four/report.html", "out/both/report.html", "out/states/states.safetensors", "out/adapter/adapter_config.json", "out/pocket/model.safetensors", "ids.jsonl" })
            Assert.True(File.Exists(folder[made]), made);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void The_command_for_the_tests_is_there_and_can_be_executed()
    {
        Assert.Contains("./check.sh\n", Blocks());
        Assert.True(File.GetUnixFileMode(Repository.PathOf("check.sh")).HasFlag(UnixFileMode.UserExecute));
        Assert.True(File.GetUnixFileMode(Repository.PathOf(".ci", "run")).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public void The_table_of_verbs_names_each_of_them_once()
    {
        var named = VerbRow().Matches(Readme).Select(match => match.Groups[1].Value);
        Assert.Equal(App.CreateRoot().Subcommands.Select(verb => verb.Name).Order(), named.Order());
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/parity.md")]
    public void Every_link_to_a_file_leads_somewhere(string page)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(page))!;
        foreach (Match link in Link().Matches(File.ReadAllText(Repository.PathOf(page))))
        {
            var target = link.Groups[1].Value.Split('#')[0];
            if (target.Length > 0 && !target.Contains("://")) Assert.True(Path.Exists(Path.Combine(folder, target)), $"{page} links to {target}");
        }
    }

    [Fact]
    public void The_page_on_the_house_names_every_folder_of_the_sources()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "architecture.md"));
        foreach (var project in Directory.GetDirectories(Repository.PathOf("src")))
        {
            Assert.Contains(Path.GetFileName(project), page);
            foreach (var folder in Directory.GetDirectories(project, "*", SearchOption.AllDirectories)) Assert.Contains($"`{Path.GetFileName(folder)}/`", page);
        }
    }

    private static IEnumerable<string> Blocks() => BashBlock().Matches(Readme).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"^```bash\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex BashBlock();

    [GeneratedRegex(@"^\| `([a-z]+)[^|]*\|", RegexOptions.Multiline)]
    private static partial Regex VerbRow();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();
}
