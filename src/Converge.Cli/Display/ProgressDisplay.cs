using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Converge.Cli.Display;

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
    public static T Run<T>(ProgressCounter counter, Func<T> work, TextWriter error, bool onTerminal)
    {
        var clock = Stopwatch.StartNew();
        var task = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (!Finished(task, Patience))
        {
            if (onTerminal) Attempt(() => ShowBar(task, counter, clock));
            Attempt(() => ShowLines(task, counter, clock, error));
        }
        return task.GetAwaiter().GetResult();
    }

    private static void ShowLines(Task task, ProgressCounter counter, Stopwatch clock, TextWriter error)
    {
        while (!task.IsCompleted)
        {
            error.WriteLine(Printable.Line(counter.Line(clock.Elapsed)));
            Finished(task, BetweenLines);
        }
    }

    private static void ShowBar(Task task, ProgressCounter counter, Stopwatch clock)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RateColumn(counter, clock))
            .Start(context =>
            {
                var bar = context.AddTask(Markup.Escape(Printable.Line(counter.Phase)));
                do
                {
                    bar.Description = Markup.Escape(Printable.Line(counter.Phase));
                    bar.MaxValue = Math.Max(1, counter.Total);
                    bar.Value = counter.Done;
                }
                while (!Finished(task, BetweenFrames));
            });
    }

    // A display that fails (a log file on a full disk, an odd terminal) must not end the wait: the work holds mapped weights until it is done.
    private static void Attempt(Action show)
    {
        try
        {
            show();
        }
        catch (Exception)
        {
            // What the work itself throws comes out of its task; there is nothing else to say it with.
        }
    }

    // An exception of the work is rethrown by the caller, not out of the wait.
    private static bool Finished(Task task, TimeSpan wait) => ((IAsyncResult)task).AsyncWaitHandle.WaitOne(wait);

    private sealed class RateColumn(ProgressCounter counter, Stopwatch clock) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(counter.Rate(clock.Elapsed));
    }
}
