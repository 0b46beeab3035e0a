namespace Converge.Cli.Display;

/// <summary>How much of some work is done. Work in several parts moves the base on with <see cref="Advance"/>; each part reports from zero.</summary>
internal sealed class ProgressCounter(string what, string unit, long total) : IProgress<long>
{
    private long _base;
    private long _done;
    private long _total = total;
    private string _phase = what;

    /// <summary>What is being counted.</summary>
    public string Unit { get; } = unit;

    /// <summary>What is being done at present.</summary>
    public string Phase
    {
        get => Volatile.Read(ref _phase);
        set => Volatile.Write(ref _phase, value);
    }

    /// <summary>How much there is to do; 0 while that is not known.</summary>
    public long Total
    {
        get => Volatile.Read(ref _total);
        set => Volatile.Write(ref _total, value);
    }

    /// <summary>What is done so far.</summary>
    public long Done => Volatile.Read(ref _done);

    /// <summary>What is done of the present part.</summary>
    public void Report(long value) => Volatile.Write(ref _done, _base + value);

    /// <summary>The present part is finished and was this large.</summary>
    public void Advance(long amount)
    {
        _base += amount;
        Volatile.Write(ref _done, _base);
    }

    /// <summary>The state in words: <c>capture: 1,200 of 4,800 tokens (25 %), 600 tokens/s, 6.0 s left</c>.</summary>
    public string Line(TimeSpan elapsed)
    {
        long total = Total;
        return total == 0 ? $"{Phase}: {Quantities.Time(elapsed)} so far" : $"{Phase}: {Quantities.Count(Done)} of {Quantities.Count(total)} {Unit} ({100.0 * Done / total:0} %), {Rate(elapsed)}";
    }

    /// <summary>The mean rate so far and the time that the rest takes at that rate.</summary>
    public string Rate(TimeSpan elapsed)
    {
        long done = Done;
        if (done == 0 || elapsed <= TimeSpan.Zero) return "starting";
        double rate = done / elapsed.TotalSeconds;
        return $"{Quantities.Count(rate)} {Unit}/s, {Quantities.Time(TimeSpan.FromSeconds(Math.Max(0, Total - done) / rate))} left";
    }
}
