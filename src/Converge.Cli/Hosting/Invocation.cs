using Converge.Cli.Display;

namespace Converge.Cli.Hosting;

/// <summary>
/// One call of a verb: where its words go and how it is stopped. People read results on standard output and progress on standard
/// error; with <c>--json</c> standard output carries one JSON object and nothing else.
/// </summary>
internal sealed class Invocation(TextWriter output, TextWriter error, bool json, bool onTerminal, CancellationToken cancellation)
{
    private readonly long _started = Environment.TickCount64;

    /// <summary>True if standard output is for a machine.</summary>
    public bool Json { get; } = json;

    /// <summary>Stops the work.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>The time since the verb began.</summary>
    public TimeSpan Elapsed => TimeSpan.FromMilliseconds(Environment.TickCount64 - _started);

    /// <summary>A line of the result, for people.</summary>
    public void Say(string line)
    {
        if (!Json) output.WriteLine(Printable.Line(line));
    }

    /// <summary>A line about what happens, for people.</summary>
    public void Note(string line) => error.WriteLine(Printable.Line(line));

    /// <summary>The closing box: time, rate, memory, and where the results lie.</summary>
    public void Close(Closing closing)
    {
        if (!Json) closing.Write(output, onTerminal);
    }

    /// <summary>Does work of known size, with progress on standard error once it has taken two seconds.</summary>
    /// <param name="what">What is being done: <c>capture</c>.</param>
    /// <param name="unit">What is being counted: <c>tokens</c>.</param>
    /// <param name="total">How much there is to do; 0 where the work itself finds out.</param>
    /// <param name="work">The work; reports how much is done.</param>
    public T Watch<T>(string what, string unit, long total, Func<ProgressCounter, T> work)
    {
        var counter = new ProgressCounter(what, unit, total);
        return ProgressDisplay.Run(counter, () => work(counter), error, onTerminal);
    }
}
