namespace Converge.Numerics.Tests.Probe;

/// <summary>What the tests run in child processes: under other settings of the processor, or at the risk of a crash.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["path"]:
                Console.WriteLine($"{SimdPaths.Widest} {SimdPaths.Current} {Fingerprint.Linear()} {Fingerprint.Norm()} {Fingerprint.Attention()}");
                return 0;
            case ["guard", var side]:
                using (var kernels = new GuardedKernels(atEnd: side == "end")) kernels.RunAll();
                Console.WriteLine("nothing touched");
                return 0;
            case ["processors"]:
                Console.WriteLine(Environment.ProcessorCount);
                return 0;
            case ["beyond"]:
                using (var pages = new GuardPages(100, atEnd: true))
                    unsafe
                    {
                        Console.WriteLine(pages.Data[100]);
                    }
                return 0;
            default:
                Console.Error.WriteLine("path | guard start | guard end | processors | beyond");
                return 2;
        }
    }
}
