namespace Converge.Numerics.Tests.Probe;

internal static class Program
{
    private static int Main(string[] arguments) => 0;
}
