namespace Converge.Numerics.Tests.Random;

public sealed class StreamKeyTests
{
    // The first two little-endian words of the SHA-256 of "1\ndocument\n0" and of the nothing, by Python's hashlib.
    [Theory]
    [InlineData(0x5CDA06A8E37B2590, 0x9E695923EF5F1C96, "1", "document", "0")]
    [InlineData(0x141CFC9842C4B0E3, 0x24B96F99C8F4FB9A, "")]
    public void A_key_is_the_digest_of_the_name(ulong key, ulong stream, params string[] parts) => Assert.Equal((key, stream), StreamKey.Of(parts));

    [Fact]
    public void Names_that_differ_anywhere_have_other_keys()
    {
        string[][] names = [["1", "a", "23"], ["1", "a2", "3"], ["1", "b", "23"], ["2", "a", "23"], ["1", "a", "2"], ["1", "a"]];
        Assert.Equal(names.Length, names.Select(name => StreamKey.Of(name)).Distinct().Count());
    }
}
