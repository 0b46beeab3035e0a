using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Converge.Cli.Display;

/// <summary>What a progress display says beside its numbers.</summary>
/// <param name="What">What is being done.</param>
/// <param name="Unit">What is being counted.</param>
/// <param name="Total">How much there is to do.</param>
internal sealed record ProgressLabel(string What, string Unit, long Total);

/// <summary>
/// Shows how far some work is, with its rate and the time left, once it has taken two seconds: a bar on a terminal, a plain line every
/// few seconds elsewhere.
/// </summary>
internal static class ProgressDisplay
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenFrames = TimeSpan.FromMilliseconds(100);

    /// <summary>Does <paramref name="work"/> on a thread of its own and shows its progress from this one.</summary>
    public static T Run<T>(ProgressLabel label, Func<ProgressCounter, T> work, TextWriter error, bool onTerminal)
    {
        var counter = new ProgressCounter();
        var clock = Stopwatch.StartNew();
        var task = Task.Factory.StartNew(() => work(counter), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (!Finished(task, Patience))
        {
            if (onTerminal) ShowBar(label, task, counter, clock);
            else ShowLines(label, task, counter, clock, error);
        }
        return task.GetAwaiter().GetResult();
    }

    /// <summary>The state of the work in words: <c>capture: 1,200 of 4,800 tokens (25 %), 600 tokens/s, 6.0 s left</c>.</summary>
    public static string Line(ProgressLabel label, long done, TimeSpan elapsed) =>
        $"{label.What}: {Quantities.Count(done)} of {Quantities.Count(label.Total)} {label.Unit} ({Share(label, done):0} %), {Rate(label, done, elapsed)}";

    private static void ShowLines(ProgressLabel label, Task task, ProgressCounter counter, Stopwatch clock, TextWriter error)
    {
        do
        {
            error.WriteLine(Line(label, counter.Done, clock.Elapsed));
        }
        while (!Finished(task, BetweenLines));
    }

    private static void ShowBar(ProgressLabel label, Task task, ProgressCounter counter, Stopwatch clock)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RateColumn(label, counter, clock))
            .Start(context =>
            {
                var bar = context.AddTask(Markup.Escape(label.What), maxValue: Math.Max(1, label.Total));
                while (!Finished(task, BetweenFrames)) bar.Value = counter.Done;
            });
    }

    // An exception of the work is rethrown by the caller, not out of the wait.
    private static bool Finished(Task task, TimeSpan wait) => ((IAsyncResult)task).AsyncWaitHandle.WaitOne(wait);

    private static double Share(ProgressLabel label, long done) => label.Total == 0 ? 100 : 100.0 * done / label.Total;

    private static string Rate(ProgressLabel label, long done, TimeSpan elapsed)
    {
        if (done == 0 || elapsed <= TimeSpan.Zero) return "starting";
        double rate = done / elapsed.TotalSeconds;
        return $"{Quantities.Count(rate)} {label.Unit}/s, {Quantities.Time(TimeSpan.FromSeconds(Math.Max(0, label.Total - done) / rate))} left";
    }

    private sealed class RateColumn(ProgressLabel label, ProgressCounter counter, Stopwatch clock) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(Rate(label, counter.Done, clock.Elapsed));
    }
}
