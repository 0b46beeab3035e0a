using Converge.Cli.Display;

namespace Converge.Cli.Tests;

public sealed class DisplayTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(5L << 20, "5.0 MiB")]
    [InlineData(3L << 30, "3.00 GiB")]
    public void Bytes_are_in_binary_multiples(long bytes, string expected) => Assert.Equal(expected, Quantities.Bytes(bytes));

    [Theory]
    [InlineData(0.84, "0.8 s")]
    [InlineData(42, "42 s")]
    [InlineData(59.9, "1 min 00 s")]
    [InlineData(125, "2 min 05 s")]
    [InlineData(3 * 3600 + 7 * 60, "3 h 07 min")]
    public void Times_are_in_units_people_use(double seconds, string expected) => Assert.Equal(expected, Quantities.Time(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void A_progress_line_has_the_rate_and_the_time_left()
    {
        var counter = new ProgressCounter("capture", "tokens", 4800);
        counter.Report(1200);
        Assert.Equal("capture: 1,200 of 4,800 tokens (25 %), 600 tokens/s, 6.0 s left", counter.Line(TimeSpan.FromSeconds(2)));
        Assert.Equal("open: 2.0 s so far", new ProgressCounter("open", "tokens", 0).Line(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void Progress_of_several_parts_adds_up()
    {
        var counter = new ProgressCounter("x", "y", 20);
        counter.Report(7);
        counter.Advance(10);
        counter.Report(5);
        Assert.Equal(15, counter.Done);
    }

    [Fact]
    public void Short_work_shows_no_progress_and_long_work_shows_plain_lines()
    {
        var error = new StringWriter();
        Assert.Equal(3, ProgressDisplay.Run(new ProgressCounter("quick", "steps", 1), () => 3, error, onTerminal: false));
        Assert.Equal("", error.ToString());

        var counter = new ProgressCounter("slow", "steps", 4);
        ProgressDisplay.Run(counter, WithCount, error, onTerminal: false);
        Assert.StartsWith("slow: 2 of 4 steps (50 %), ", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', error.ToString());

        int WithCount()
        {
            counter.Report(2);
            return Slow();
        }
    }

    [Fact]
    public void A_display_that_fails_does_not_end_the_work() =>
        Assert.Equal(1, ProgressDisplay.Run(new ProgressCounter("x", "y", 1), Slow, new BrokenWriter(), onTerminal: false));

    [Fact]
    public void An_exception_of_the_work_comes_through_as_it_was()
    {
        Assert.Throws<FormatException>(() => ProgressDisplay.Run<int>(new ProgressCounter("x", "y", 1), () => throw new FormatException(), TextWriter.Null, onTerminal: false));
    }

    [Fact]
    public void Control_characters_are_written_out()
    {
        Assert.Equal(@"a\nb\u001B[31m\u202E", Printable.Line("a\nb\u001b[31m\u202e"));
        Assert.Equal("plain ž 漢 text", Printable.Line("plain ž 漢 text"));
    }

    private static int Slow()
    {
        Thread.Sleep(2300);
        return 1;
    }

    private sealed class BrokenWriter : StringWriter
    {
        public override void WriteLine(string? value) => throw new IOException("No space left on device.");
    }
}
