namespace Converge.Cli.Display;

/// <summary>How much of some work is done. Work in several parts moves the base on with <see cref="Advance"/>; each part reports from zero.</summary>
internal sealed class ProgressCounter : IProgress<long>
{
    private long _base;
    private long _done;

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
}
