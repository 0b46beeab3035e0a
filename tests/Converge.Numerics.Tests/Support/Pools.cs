namespace Converge.Numerics.Tests.Support;

/// <summary>Pools that live as long as the tests.</summary>
internal static class Pools
{
    public static WorkPool One { get; } = new(1);

    public static WorkPool Two { get; } = new(2);

    public static WorkPool Five { get; } = new(5);
}
