using Converge.Numerics.Tests.Probe;

namespace Converge.Numerics.Tests.Memory;

/// <summary>No kernel reads or writes beyond its operands, or writes to an input, on any vector path.</summary>
public sealed class GuardPageTests
{
    [SkippableTheory]
    [InlineData("start")]
    [InlineData("end")]
    public void Every_kernel_stays_between_guard_pages(string side)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "guard pages are asked for in Linux's way");
        Assert.Equal((0, "nothing touched", ""), Child.Run($"guard {side}"));
    }

    [SkippableFact]
    public void A_guard_page_ends_the_process_that_reads_it()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "guard pages are asked for in Linux's way");
        var (exitCode, output, _) = Child.Run("beyond");
        Assert.NotEqual(0, exitCode);
        Assert.Equal("", output);
    }
}
