using Converge.Numerics.Tests.Probe;
using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Simd;

/// <summary>Which path is chosen, and that the chosen one is really the one that runs.</summary>
[Collection(SimdCollection.Name)]
public sealed class SimdPathsTests
{
    public static TheoryData<SimdPath> PathData => ForcedPath.Data;

    [Fact]
    public void Without_a_wish_the_widest_path_is_chosen()
    {
        Assert.Equal(SimdPaths.Widest, SimdPaths.Choose(null));
        Assert.Equal(SimdPaths.Widest, SimdPaths.Choose(""));
    }

    [Theory, MemberData(nameof(PathData))]
    public void A_path_is_chosen_by_its_name_in_any_case(SimdPath path)
    {
        Assert.Equal(path, SimdPaths.Choose(path.ToString()));
        Assert.Equal(path, SimdPaths.Choose(path.ToString().ToLowerInvariant()));
        Assert.Equal(path, SimdPaths.Choose(path.ToString().ToUpperInvariant()));
    }

    [Theory]
    [InlineData("sse9")]
    [InlineData("avx1024")]
    [InlineData("1")]
    [InlineData("99")]
    [InlineData("-1")]
    [InlineData("scalar,avx2")]
    [InlineData(" ")]
    public void Anything_else_is_refused_with_the_names_that_there_are(string name)
    {
        var error = Assert.Throws<PlatformNotSupportedException>(() => SimdPaths.Choose(name));
        Assert.Equal($"CONVERGE_SIMD={name}: unknown; use one of scalar, vector128, avx2, avx512", error.Message);
    }

    [Fact]
    public void Norms_and_attention_sum_in_an_order_of_the_paths_own()
    {
        foreach (var operation in new[] { Fingerprint.Norm, Fingerprint.Attention }) Assert.Equal(ForcedPath.All.Length, OnAllPaths(operation).Distinct().Count());
    }

    [Fact]
    public void Linear_layers_sum_in_the_same_order_on_every_path() => Assert.Single(OnAllPaths(Fingerprint.Linear).Distinct());

    [Theory, MemberData(nameof(PathData))]
    public void The_environment_forces_a_path_with_the_bits_of_that_path(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        var (exitCode, output, error) = Child.Run("path", (SimdPaths.Variable, path.ToString().ToLowerInvariant()));
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal($"{SimdPaths.Widest} {path} {Fingerprint.Linear()} {Fingerprint.Norm()} {Fingerprint.Attention()}", output);
    }

    [Fact]
    public void An_unknown_name_in_the_environment_is_refused_where_a_path_is_first_asked_for()
    {
        var (exitCode, output, error) = Child.Run("path", (SimdPaths.Variable, "sse9"));
        Assert.NotEqual(0, exitCode);
        Assert.Equal("", output);
        Assert.StartsWith("Unhandled exception. System.PlatformNotSupportedException: CONVERGE_SIMD=sse9: unknown; use one of", error);
    }

    [SkippableTheory]
    [InlineData("DOTNET_EnableAVX512", SimdPath.Avx2)]
    [InlineData("DOTNET_EnableAVX2", SimdPath.Vector128)]
    public void A_processor_without_wide_vectors_takes_the_next_path_and_gives_that_paths_bits(string switchName, SimdPath left)
    {
        Skip.If(SimdPaths.Widest <= left, $"this processor has no more than {SimdPaths.Widest}");
        var (exitCode, output, error) = Child.Run("path", (switchName, "0"));
        Assert.Equal((0, ""), (exitCode, error));
        using var forced = new ForcedPath(left);
        Assert.Equal($"{left} {left} {Fingerprint.Linear()} {Fingerprint.Norm()} {Fingerprint.Attention()}", output);
    }

    [SkippableFact]
    public void A_path_wider_than_the_processors_is_refused()
    {
        Skip.If(SimdPaths.Widest < SimdPath.Avx2, $"this processor has no more than {SimdPaths.Widest}");
        var (exitCode, output, error) = Child.Run("path", ("DOTNET_EnableAVX2", "0"), (SimdPaths.Variable, "avx2"));
        Assert.NotEqual(0, exitCode);
        Assert.Equal("", output);
        Assert.StartsWith("Unhandled exception. System.PlatformNotSupportedException: CONVERGE_SIMD=avx2: this processor has no more than vector128", error);
    }

    private static string[] OnAllPaths(Func<string> operation)
    {
        return [.. ForcedPath.All.Select(On)];

        string On(SimdPath path)
        {
            using var forced = new ForcedPath(path);
            return operation();
        }
    }
}
