namespace Converge.Numerics.Tests.Support;

/// <summary>Forces a vector path until it is disposed of. Tests that do so belong to <see cref="SimdCollection"/>.</summary>
internal sealed class ForcedPath : IDisposable
{
    private readonly SimdPath _before = SimdPaths.Current;

    public ForcedPath(SimdPath path)
    {
        SimdPaths.Current = SimdPaths.Choose(path.ToString());
        Assert.Equal(path, SimdPaths.Current);
    }

    /// <summary>The paths that this machine has.</summary>
    public static SimdPath[] All { get; } = [.. Enum.GetValues<SimdPath>().Where(path => path <= SimdPaths.Widest)];

    /// <summary>The paths that this machine has, as a theory's data.</summary>
    public static TheoryData<SimdPath> Data { get; } = [.. All];

    /// <summary>Every path with every type of weight.</summary>
    public static TheoryData<SimdPath, ElementType> WithTypes()
    {
        var data = new TheoryData<SimdPath, ElementType>();
        foreach (var path in All)
            foreach (var type in Enum.GetValues<ElementType>()) data.Add(path, type);
        return data;
    }

    public void Dispose() => SimdPaths.Current = _before;
}

/// <summary>The tests that depend on which vector path is in use: one at a time, and no other test beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SimdCollection
{
    public const string Name = "one vector path at a time";
}
