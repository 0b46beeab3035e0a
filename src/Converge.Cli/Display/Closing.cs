using Converge.Studies.Run;
using Spectre.Console;

namespace Converge.Cli.Display;

/// <summary>The last words of a verb that computed something.</summary>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Tokens">How many tokens were run through a model.</param>
/// <param name="Results">Where the results lie, the one to open first coming first.</param>
internal sealed record Closing(TimeSpan Elapsed, long Tokens, IReadOnlyList<string> Results)
{
    /// <summary>Writes a box on a terminal and plain lines elsewhere.</summary>
    public void Write(TextWriter output, bool onTerminal)
    {
        if (!onTerminal)
        {
            foreach (var (name, value) in Rows()) output.WriteLine($"{(name.Length == 0 ? "" : name + ":"),-9} {value}");
            return;
        }
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (name, value) in Rows()) grid.AddRow(new Text(name, new Style(Color.Grey)), new Text(value));
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        console.Write(new Panel(grid) { Header = new PanelHeader("done"), Border = BoxBorder.Rounded });
    }

    private IEnumerable<(string Name, string Value)> Rows()
    {
        yield return ("elapsed", Quantities.Time(Elapsed));
        if (Tokens > 0)
            yield return ("tokens", $"{Quantities.Count(Tokens)} ({Quantities.Count(Tokens / Math.Max(1e-3, Elapsed.TotalSeconds))}/s over all)");
        yield return ("memory", $"{Quantities.Bytes(Machine.PeakMemoryBytes)} at the peak");
        for (int i = 0; i < Results.Count; i++) yield return (i == 0 ? "results" : "", Printable.Line(Results[i]));
    }
}
